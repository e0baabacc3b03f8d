global using Kube.Api.Json;
global using Kube.Api.Meta.V1;
global using Kube.Api.Values;
