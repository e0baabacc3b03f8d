using System.Text.Json.Nodes;

namespace Kube.Api.Tests.Validation;

/// <summary>What Kubernetes refuses in quotas, limit ranges, endpoints, storage and autoscalers, with its places and words: a row a rule.</summary>
public sealed class BoundsRulesTests
{
    private static string Of(string kind, string fields, string metadata = "name: w") =>
        Cases.Create($"{{apiVersion: {kind.Split(' ')[0]}, kind: {kind.Split(' ')[1]}, metadata: {{{metadata}}}, {fields}}}");

    [Theory]
    [InlineData("hard: {pods: 1, services.nodeports: 2, count/deployments.apps: 3, requests.a.b/c: 1, hugepages-2Mi: 4Mi}", "")]
    [InlineData("hard: {x: 1}", "spec.hard[x]: Invalid value: \"x\": must be a standard resource type or fully qualified\nspec.hard[x]: Invalid value: \"x\": must be a standard resource for quota")]
    [InlineData("hard: {pods: 1500m, cpu: -1}", "spec.hard[pods]: Invalid value: 1500m: must be an integer\nspec.hard[cpu]: Invalid value: \"-1\": must be greater than or equal to 0")]
    [InlineData("hard: {cpu: 1}, scopes: [BestEffort]", "spec.scopes: Invalid value: []string{\"BestEffort\"}: unsupported scope applied to resource")]
    [InlineData("hard: {pods: 1}, scopes: [BestEffort, NotBestEffort]", "spec.scopes: Invalid value: []string{\"BestEffort\", \"NotBestEffort\"}: conflicting scopes")]
    [InlineData("hard: {pods: 1}, scopes: [X]", "spec.scopes: Invalid value: []string{\"X\"}: unsupported scope")]
    [InlineData("hard: {pods: 1}, scopeSelector: {matchExpressions: [{scopeName: PriorityClass, operator: In}]}", "spec.scopeSelector.matchExpressions.values: Required value: must be at least one value when `operator` is 'In' or 'NotIn' for scope selector")]
    public void Quotas(string spec, string errors) => Assert.Equal(errors, Of("v1 ResourceQuota", $"spec: {{{spec}}}"));

    [Theory]
    [InlineData("{type: Container, max: {cpu: 2}, min: {cpu: 1}}", "")]
    [InlineData("{type: X}", "spec.limits[0].type: Invalid value: \"X\": must be a standard limit type or fully qualified")]
    [InlineData("{type: Pod, max: {cpu: 1}}, {type: Pod, max: {cpu: 1}}", "spec.limits[1].type: Duplicate value: \"Pod\"")]
    [InlineData("{type: Pod, default: {cpu: 1}}", "spec.limits[0].default: Forbidden: may not be specified when `type` is 'Pod'")]
    [InlineData("{type: Pod, min: {cpu: 2}, max: {cpu: 1}}", "spec.limits[0].min[cpu]: Invalid value: 2: min value 2 is greater than max value 1")]
    [InlineData("{type: PersistentVolumeClaim, max: {cpu: 1}}", "spec.limits[0].limits: Required value: either minimum or maximum storage value is required, but neither was provided")]
    [InlineData("{type: Pod, min: {cpu: 1}, max: {cpu: 2}, maxLimitRequestRatio: {cpu: 3}}", "spec.limits[0].maxLimitRequestRatio[cpu]: Invalid value: 3: ratio 3 is greater than max/min = 2.000000")]
    [InlineData("{type: Container, default: {cpu: 1}, defaultRequest: {cpu: 2}}", "spec.limits[0].defaultRequest[cpu]: Invalid value: 2: default request value 2 is greater than default limit value 1")]
    public void Limit_ranges(string limits, string errors) => Assert.Equal(errors, Of("v1 LimitRange", $"spec: {{limits: [{limits}]}}"));

    [Theory]
    [InlineData("subsets: [{addresses: [{ip: 10.0.0.1}], ports: [{port: 80}]}]", "")]
    [InlineData("subsets: [{ports: [{port: 80}]}]", "subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`")]
    [InlineData("subsets: [{addresses: [{ip: 169.254.1.1}], ports: [{port: 0}, {port: 1, name: a}]}]", "subsets[0].addresses[0].ip: Invalid value: \"169.254.1.1\": may not be in the link-local range (169.254.0.0/16, fe80::/10)\nsubsets[0].ports[0].name: Required value\nsubsets[0].ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive")]
    public void Endpoints(string fields, string errors) => Assert.Equal(errors, Of("v1 Endpoints", fields));

    [Theory]
    [InlineData("addressType: IPv4, endpoints: [{addresses: ['::1']}]", "endpoints[0].addresses[0]: Invalid value: \"::1\": must be a valid IPv4 address")]
    [InlineData("addressType: IPv4, endpoints: [{addresses: [127.0.0.1]}, {addresses: [0.0.0.0]}]", "endpoints[1].addresses[0]: Invalid value: \"0.0.0.0\": may not be unspecified (0.0.0.0)")]
    [InlineData("addressType: FQDN, endpoints: [{addresses: [a]}]", "endpoints[0].addresses[0]: Invalid value: \"a\": should be a domain with at least two segments separated by dots")]
    [InlineData("addressType: IPv4, endpoints: [{addresses: []}], ports: [{name: a, port: 1}, {name: a, port: 2}]", "endpoints[0].addresses: Required value: must contain at least 1 address\nports[1].name: Duplicate value: \"a\"")]
    public void Slices(string fields, string errors) => Assert.Equal(errors, Of("discovery.k8s.io/v1 EndpointSlice", fields));

    [Theory]
    [InlineData("storage.k8s.io/v1 StorageClass", "provisioner: a b, reclaimPolicy: Recycle", "provisioner: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')\nreclaimPolicy: Unsupported value: \"Recycle\": supported values: \"Delete\", \"Retain\"")]
    [InlineData("storage.k8s.io/v1 StorageClass", "provisioner: p, allowedTopologies: [{matchLabelExpressions: [{key: k, values: [a, a]}, {key: k, values: []}]}]", "allowedTopologies[0].matchLabelExpressions[0].values[1]: Duplicate value: \"a\"\nallowedTopologies[0].matchLabelExpressions[1].values: Required value\nallowedTopologies[0].matchLabelExpressions[1].key: Duplicate value: \"k\"")]
    [InlineData("storage.k8s.io/v1 VolumeAttachment", "spec: {attacher: a, nodeName: m, source: {}}", "spec.source: Required value: must specify exactly one of inlineVolumeSpec and persistentVolumeName")]
    [InlineData("storage.k8s.io/v1 CSINode", "spec: {drivers: [{name: d, nodeID: '', topologyKeys: [k, k]}, {name: d, nodeID: i}]}", "spec.drivers[0].nodeID: Required value\nspec.drivers[0]: Duplicate value: \"k\"\nspec.drivers[1].name: Duplicate value: \"d\"")]
    [InlineData("storage.k8s.io/v1 CSIDriver", "spec: {tokenRequests: [{audience: a, expirationSeconds: 1}, {audience: a}]}", "spec.tokenRequests[0].expirationSeconds: Invalid value: 1: may not specify a duration less than 10 minutes\nspec.tokenRequests[1].audience: Duplicate value: \"a\"")]
    [InlineData("storage.k8s.io/v1 CSIStorageCapacity", "storageClassName: s, capacity: -1", "capacity: Invalid value: \"-1\": must be greater than or equal to 0")]
    [InlineData("node.k8s.io/v1 RuntimeClass", "handler: A", "handler: Invalid value: \"A\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')")]
    [InlineData("node.k8s.io/v1 RuntimeClass", "handler: h, scheduling: {tolerations: [{}]}", "scheduling.tolerations[0].operator: Invalid value: \"\": operator must be Exists when `key` is empty, which means \"match all values and all keys\"")]
    [InlineData("v1 Namespace", "spec: {finalizers: [mine]}", "spec.finalizers: Invalid value: \"mine\": name is neither a standard finalizer name nor is it fully qualified")]
    [InlineData("v1 Node", "spec: {podCIDRs: [10.0.0.0/8, 10.0.0.0/8]}", "spec.podCIDRs: Invalid value: []string{\"10.0.0.0/8\", \"10.0.0.0/8\"}: may specify no more than one CIDR for each IP family\nspec.podCIDRs[1]: Duplicate value: \"10.0.0.0/8\"")]
    [InlineData("v1 PodTemplate", "template: {spec: {containers: [{name: c}]}}", "template.spec.containers[0].image: Required value")]
    public void Others(string kind, string fields, string errors) => Assert.Equal(errors, Of(kind, fields));

    [Theory]
    [InlineData("metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 0}}}]", "spec.metrics[0].resource.target.averageUtilization: Invalid value: 0: must be greater than 0")]
    [InlineData("metrics: [{type: Resource, resource: {name: cpu, target: {type: X}}}]", "spec.metrics[0].resource.target.type: Invalid value: \"X\": must be either Utilization, Value, or AverageValue\nspec.metrics[0].resource.target.averageUtilization: Required value: must set either a target raw value or a target utilization")]
    [InlineData("metrics: [{type: Pods, pods: {metric: {name: ''}, target: {type: AverageValue, averageValue: 0}}}]", "spec.metrics[0].pods.metric.name: Required value: must specify a metric name\nspec.metrics[0].pods.target.averageValue: Invalid value: 0: must be positive\nspec.metrics[0].pods.target.averageValue: Required value: must specify a positive target averageValue")]
    [InlineData("behavior: {scaleUp: {stabilizationWindowSeconds: 3601, policies: [{type: X, value: 0, periodSeconds: 1801}]}}", "spec.behavior.scaleUp.stabilizationWindowSeconds: Invalid value: 3601: must be less than or equal to 3600\nspec.behavior.scaleUp.policies[0].type: Unsupported value: \"X\": supported values: \"Percent\", \"Pods\"\nspec.behavior.scaleUp.policies[0].value: Invalid value: 0: must be greater than zero\nspec.behavior.scaleUp.policies[0].periodSeconds: Invalid value: 1801: must be less than or equal to 1800")]
    [InlineData("minReplicas: 0", "spec.minReplicas: Invalid value: 0: must be greater than or equal to 1\nspec.metrics: Forbidden: must specify at least one Object or External metric to support scaling to zero replicas")]
    [InlineData("metrics: [{type: X}]", "spec.metrics[0].type: Unsupported value: \"X\": supported values: \"ContainerResource\", \"External\", \"Object\", \"Pods\", \"Resource\"")]
    [InlineData("metrics: [{type: Pods, resource: {name: cpu, target: {type: Utilization, averageUtilization: 1}}}]", "spec.metrics[0].pods: Required value: must populate information for the given metric source")]
    public void Autoscalers(string fields, string errors) =>
        Assert.Equal(errors, Of("autoscaling/v2 HorizontalPodAutoscaler", $"spec: {{scaleTargetRef: {{kind: Deployment, name: d}}, maxReplicas: 3, {fields}}}"));

    [Fact]
    public void What_a_class_of_storage_is_stays()
    {
        const string storage = "{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: w}, provisioner: p}";
        Assert.Equal("", Cases.Update(storage, s => s["allowVolumeExpansion"] = true));
        Assert.Equal("provisioner: Forbidden: updates to provisioner are forbidden.", Cases.Update(storage, s => s["provisioner"] = "q"));
        const string quota = "{apiVersion: v1, kind: ResourceQuota, metadata: {name: w}, spec: {hard: {pods: 1}, scopes: [BestEffort]}}";
        Assert.Equal("spec.scopes: Invalid value: []string{}: field is immutable", Cases.Update(quota, q => q["spec"]!.AsObject().Remove("scopes")));
        const string node = "{apiVersion: v1, kind: Node, metadata: {name: w}, spec: {podCIDR: 10.0.0.0/24, podCIDRs: [10.0.0.0/24]}}";
        Assert.Equal("spec.podCIDRs: Forbidden: node updates may not change podCIDR except from \"\" to valid", Cases.Update(node, n => n["spec"]!["podCIDRs"] = new JsonArray("10.0.1.0/24")));
    }
}
