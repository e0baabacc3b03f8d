using System.Text.Json.Nodes;

namespace Kube.Api.Tests.Validation;

/// <summary>What Kubernetes refuses in services and in what makes pods, with its places and words: a row a rule.</summary>
public sealed class WorkloadRulesTests
{
    private const string Template = "template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i}]}}";
    private const string Selector = "selector: {matchLabels: {a: b}}, ";
    private const string JobTemplate = "template: {spec: {restartPolicy: Never, containers: [{name: c, image: i}]}}";

    private static string Create(string kind, string spec, string metadata = "name: w") =>
        Cases.Create($"{{apiVersion: {kind.Split(' ')[0]}, kind: {kind.Split(' ')[1]}, metadata: {{{metadata}}}, spec: {{{spec}}}}}");

    [Theory]
    [InlineData("ports: [{port: 80}]", "")]
    [InlineData("ports: [{port: 80}, {port: 80}]", "spec.ports[0].name: Required value\nspec.ports[1].name: Required value\nspec.ports[1]: Duplicate value: core.ServicePort{Name:\"\", Protocol:\"TCP\", AppProtocol:(*string)(nil), Port:80, TargetPort:intstr.IntOrString{Type:0, IntVal:0, StrVal:\"\"}, NodePort:0}")]
    [InlineData("ports: [{port: 0}]", "spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive\nspec.ports[0].targetPort: Invalid value: 0: must be between 1 and 65535, inclusive")]
    [InlineData("ports: [{port: 80, nodePort: 30000}]", "spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'")]
    [InlineData("type: NodePort, ports: [{name: a, port: 80, nodePort: 30000}, {name: b, port: 81, nodePort: 30000}]", "spec.ports[1].nodePort: Duplicate value: 30000")]
    [InlineData("type: NodePort, clusterIP: None, clusterIPs: [None], ports: [{port: 80}]", "spec.clusterIPs[0]: Invalid value: \"None\": may not be set to 'None' for NodePort services")]
    [InlineData("clusterIP: x, clusterIPs: [x], ports: [{port: 80}]", "spec.clusterIPs[0]: Invalid value: \"x\": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)")]
    [InlineData("clusterIPs: [10.0.0.1], ports: [{port: 80}]", "spec.clusterIPs: Invalid value: []string{\"10.0.0.1\"}: must be empty when `clusterIP` is not specified")]
    [InlineData("clusterIP: 10.0.0.1, clusterIPs: [10.0.0.1, 10.0.0.2], ports: [{port: 80}]", "spec.clusterIPs: Invalid value: []string{\"10.0.0.1\", \"10.0.0.2\"}: may specify no more than one IP for each IP family")]
    [InlineData("ipFamilies: [IPv4, IPv4, X], ports: [{port: 80}]", "spec.ipFamilies[1]: Duplicate value: \"IPv4\"\nspec.ipFamilies[2]: Unsupported value: \"X\": supported values: \"IPv4\", \"IPv6\"")]
    [InlineData("type: ExternalName, externalName: a.b., clusterIP: 10.0.0.1, clusterIPs: [10.0.0.1]", "spec.clusterIPs: Forbidden: may not be set for ExternalName services")]
    [InlineData("type: ExternalName", "spec.externalName: Required value")]
    [InlineData("sessionAffinity: ClientIP, sessionAffinityConfig: {clientIP: {timeoutSeconds: 86401}}, ports: [{port: 80}]", "spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 86401: must be greater than 0 and less than 86400")]
    [InlineData("externalIPs: [127.0.0.1, 0.0.0.0, 224.0.0.1, 1.2.3], externalTrafficPolicy: Local, ports: [{port: 80}]", "spec.externalIPs[0]: Invalid value: \"127.0.0.1\": may not be in the loopback range (127.0.0.0/8, ::1/128)\nspec.externalIPs[1]: Invalid value: \"0.0.0.0\": may not be unspecified (0.0.0.0)\nspec.externalIPs[2]: Invalid value: \"224.0.0.1\": may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)\nspec.externalIPs[3]: Invalid value: \"1.2.3\": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)")]
    [InlineData("externalTrafficPolicy: Local, ports: [{port: 80}]", "spec.externalTrafficPolicy: Invalid value: \"Local\": may only be set for externally-accessible services")]
    [InlineData("healthCheckNodePort: 30000, ports: [{port: 80}]", "spec.healthCheckNodePort: Invalid value: 30000: may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'")]
    [InlineData("loadBalancerSourceRanges: [10.0.0.0/33], ports: [{port: 80}]", "spec.LoadBalancerSourceRanges: Forbidden: may only be used when `type` is 'LoadBalancer'\nspec.LoadBalancerSourceRanges[0]: Invalid value: \"10.0.0.0/33\": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)")]
    [InlineData("loadBalancerClass: a, allocateLoadBalancerNodePorts: true, ports: [{port: 80}]", "spec.allocateLoadBalancerNodePorts: Forbidden: may only be used when `type` is 'LoadBalancer'\nspec.loadBalancerClass: Forbidden: may only be used when `type` is 'LoadBalancer'")]
    [InlineData("internalTrafficPolicy: X, trafficDistribution: Z, ports: [{port: 80, appProtocol: a b}]", "spec.ports[0].appProtocol: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')\nspec.internalTrafficPolicy: Unsupported value: \"X\": supported values: \"Cluster\", \"Local\"\nspec.trafficDistribution: Unsupported value: \"Z\": supported values: \"PreferClose\"")]
    public void Services(string spec, string errors) => Assert.Equal(errors, Create("v1 Service", spec));

    [Theory]
    [InlineData("apps/v1 Deployment", Selector + Template, "")]
    [InlineData("apps/v1 Deployment", "selector: {}, " + Template, "spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string(nil), MatchExpressions:[]v1.LabelSelectorRequirement(nil)}: empty selector is invalid for deployment")]
    [InlineData("apps/v1 ReplicaSet", "selector: {}, " + Template, "spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string(nil), MatchExpressions:[]v1.LabelSelectorRequirement(nil)}: empty selector is invalid for deployment")]
    [InlineData("apps/v1 Deployment", Selector + "strategy: {rollingUpdate: {maxUnavailable: 0, maxSurge: 0%}}, " + Template, "spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0")]
    [InlineData("apps/v1 Deployment", Selector + "progressDeadlineSeconds: 5, minReadySeconds: 5, " + Template, "spec.progressDeadlineSeconds: Invalid value: 5: must be greater than minReadySeconds")]
    [InlineData("apps/v1 Deployment", Selector + "template: {metadata: {labels: {a: b, c: d e}}, spec: {containers: [{name: c, image: i}]}}", "spec.template.labels: Invalid value: \"d e\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')")]
    [InlineData("apps/v1 Deployment", Selector + "template: {metadata: {labels: {a: b}}, spec: {activeDeadlineSeconds: 5, containers: [{name: c, image: ' '}]}}", "spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ReplicaSet is not Supported")]
    [InlineData("apps/v1 DaemonSet", Template, "spec.template.metadata.labels: Invalid value: map[string]string{\"a\":\"b\"}: `selector` does not match template `labels`")]
    [InlineData("apps/v1 DaemonSet", Selector + "updateStrategy: {rollingUpdate: {maxUnavailable: 1, maxSurge: 1}}, " + Template, "spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero")]
    [InlineData("apps/v1 DaemonSet", Selector + "updateStrategy: {rollingUpdate: {maxUnavailable: 0}}, " + Template, "spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0")]
    [InlineData("apps/v1 StatefulSet", Selector + "serviceName: s, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i, volumeMounts: [{name: data, mountPath: /d}]}]}}", "")]
    [InlineData("apps/v1 StatefulSet", Selector + "serviceName: s, podManagementPolicy: X, ordinals: {start: -1}, " + Template, "spec.podManagementPolicy: Invalid value: \"X\": must be 'OrderedReady' or 'Parallel'\nspec.ordinals.start: Invalid value: -1: must be greater than or equal to 0")]
    [InlineData("apps/v1 StatefulSet", Selector + "serviceName: s, updateStrategy: {type: X}, " + Template, "spec.updateStrategy: Invalid value: {\"type\":\"X\"}: must be 'RollingUpdate' or 'OnDelete'")]
    [InlineData("apps/v1 StatefulSet", Selector + "serviceName: s, updateStrategy: {type: OnDelete, rollingUpdate: {partition: 1}}, " + Template, "spec.updateStrategy.rollingUpdate: Invalid value: {\"partition\":1}: only allowed for updateStrategy 'RollingUpdate'")]
    [InlineData("v1 ReplicationController", "selector: {a: c}, " + Template, "spec.template.metadata.labels: Invalid value: map[string]string{\"a\":\"b\"}: `selector` does not match template `labels`")]
    public void Workloads(string kind, string spec, string errors) => Assert.Equal(errors, Create(kind, spec));

    [Fact]
    public void The_name_of_a_stateful_set_names_hosts() =>
        Assert.Equal("metadata.name: Invalid value: \"a.b\": must not contain dots", Create("apps/v1 StatefulSet", Selector + "serviceName: s, " + Template, "name: a.b"));

    [Theory]
    [InlineData("backoffLimitPerIndex: 1", "spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode")]
    [InlineData("completionMode: Indexed, parallelism: 1", "spec.completions: Required value: when completion mode is Indexed")]
    [InlineData("completionMode: Indexed, completions: 2, maxFailedIndexes: 3", "spec.backoffLimitPerIndex: Required value: when maxFailedIndexes is specified\nspec.maxFailedIndexes: Invalid value: 3: must be less than or equal to completions")]
    [InlineData("managedBy: me", "spec.managedBy: Invalid value: \"me\": must be a domain-prefixed path (such as \"acme.io/foo\")")]
    [InlineData("podFailurePolicy: {rules: [{action: Ignore}]}", "spec.podFailurePolicy.rules[0]: Invalid value: specifying one of OnExitCodes and OnPodConditions is required")]
    [InlineData("podFailurePolicy: {rules: [{action: FailIndex, onExitCodes: {containerName: x, operator: In, values: [2, 1, 1, 0]}}]}", "spec.podFailurePolicy.rules[0].action: Invalid value: \"FailIndex\": requires the backoffLimitPerIndex to be set\nspec.podFailurePolicy.rules[0].onExitCodes.containerName: Invalid value: \"x\": must be one of the container or initContainer names in the pod template\nspec.podFailurePolicy.rules[0].onExitCodes.values[2]: Duplicate value: 1\nspec.podFailurePolicy.rules[0].onExitCodes.values[3]: Invalid value: 0: must not be 0 for the In operator\nspec.podFailurePolicy.rules[0].onExitCodes.values: Invalid value: [2,1,1,0]: must be ordered")]
    [InlineData("successPolicy: {rules: [{succeededCount: 1}]}", "spec.successPolicy: Invalid value: {\"rules\":[{\"succeededCount\":1}]}: requires indexed completion mode")]
    [InlineData("completionMode: Indexed, completions: 3, successPolicy: {rules: [{succeededIndexes: '2,1'}, {succeededIndexes: 0-1, succeededCount: 3}]}", "spec.successPolicy.rules[0].succeededIndexes: Invalid value: \"2,1\": error parsing succeededIndexes: non-increasing order, previous: 2, current: 1\nspec.successPolicy.rules[1].succeededCount: Invalid value: 3: must be less than or equal to 2 (the number of indexes in the specified succeededIndexes field)")]
    public void Jobs(string fields, string errors) => Assert.Equal(
        errors, Create("batch/v1 Job", $"manualSelector: true, selector: {{}}, {fields}, {JobTemplate}"));

    [Fact]
    public void A_job_that_brings_no_selector_of_its_own_has_the_generated_one() => Assert.Equal(
        "spec.selector: Required value\nspec.template.metadata.labels: Invalid value: map[string]string(nil): `selector` does not match template `labels`", Create("batch/v1 Job", JobTemplate));

    [Fact]
    public void What_a_stateful_set_or_a_job_was_made_for_stays()
    {
        const string set = "{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: w}, spec: {serviceName: s, " + Selector + Template + "}}";
        const string forbidden = "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";
        Assert.Equal("", Cases.Update(set, s => s["spec"]!["replicas"] = JsonNode.Parse("5")));
        Assert.Equal(forbidden, Cases.Update(set, s => s["spec"]!["revisionHistoryLimit"] = JsonNode.Parse("5")));
        Assert.Equal(forbidden, Cases.Update(set, s => s["spec"]!["serviceName"] = "t"));
        const string job = "{apiVersion: batch/v1, kind: Job, metadata: {name: w}, spec: {manualSelector: true, selector: {}, suspend: true, " + JobTemplate + "}}";
        Assert.Equal("", Cases.Update(job, j => j["spec"]!["template"]!["spec"]!["nodeSelector"] = new JsonObject { ["a"] = "b" }));
        Assert.Equal("spec.completions: Invalid value: 2: field is immutable", Cases.Update(job, j => j["spec"]!["completions"] = JsonNode.Parse("2")));
        Assert.StartsWith("spec.template: Invalid value: ", Cases.Update(job, j => j["spec"]!["template"]!["spec"]!["containers"]![0]!["image"] = "j"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"replicas":1,"readyReplicas":2}""", "status.readyReplicas: Invalid value: 2: cannot be greater than status.replicas")]
    [InlineData("""{"replicas":2,"availableReplicas":1}""", "status.availableReplicas: Invalid value: 1: cannot be greater than readyReplicas")]
    [InlineData("""{"replicas":2,"unavailableReplicas":-1}""", "status.unavailableReplicas: Invalid value: -1: must be greater than or equal to 0")]
    public void Statuses_of_deployments(string status, string errors) => Assert.Equal(
        errors, Cases.Update("{apiVersion: apps/v1, kind: Deployment, metadata: {name: w}, spec: {" + Selector + Template + "}}", d => d["status"] = JsonNode.Parse(status), "status"));

    [Theory]
    [InlineData("Europe/Zurich", "")]
    [InlineData("Europe/Atlantis", "spec.timeZone: Invalid value: \"Europe/Atlantis\": unknown time zone Europe/Atlantis")]
    public void Time_zones_are_looked_up(string zone, string errors) =>
        Assert.Equal(errors, Create("batch/v1 CronJob", $"schedule: '@daily', timeZone: {zone}, jobTemplate: {{spec: {{{JobTemplate}}}}}"));

    [Fact]
    public void A_claim_stays_what_it_is_until_it_is_bound_and_may_grow()
    {
        const string claim = "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: w}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 2Gi}}}PHASE}";
        var pending = claim.Replace("PHASE", "", StringComparison.Ordinal);
        var bound = claim.Replace("PHASE", ", status: {phase: Bound, capacity: {storage: 1Gi}}", StringComparison.Ordinal);
        Assert.Equal("", Cases.Update(pending, c => c["spec"]!["volumeName"] = "v"));
        Assert.Equal("", Cases.Update(pending, c => c["spec"]!["storageClassName"] = "s"));
        Assert.StartsWith("spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims", Cases.Update(pending, c => Grow(c, "3Gi")), StringComparison.Ordinal);
        Assert.Equal("", Cases.Update(bound, c => Grow(c, "3Gi")));
        Assert.Equal("spec.resources.requests.storage: Forbidden: field can not be less than status.capacity", Cases.Update(bound, c => Grow(c, "1Gi")));
        static void Grow(JsonObject claim, string size) => claim["spec"]!["resources"]!["requests"]!["storage"] = size;
    }
}
