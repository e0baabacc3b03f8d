// By name, as the namespace has a LabelSelector that would be mixed up with the API's.
global using NodeSelectors = Kube.Api.Selectors.NodeSelectors;
global using Tolerations = Kube.Api.Selectors.Tolerations;
