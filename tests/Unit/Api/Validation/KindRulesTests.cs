using System.Text;
using Kube.Api.Defaulting;
using Kube.Api.Schema;
using Kube.Api.Serialization;
using Kube.Api.Validation;

namespace Kube.Api.Tests.Validation;

/// <summary>The rules of single kinds: what Kubernetes refuses, with its places and words.</summary>
public sealed class KindRulesTests
{
    private const string Rules = "rules: [{subjects: [{kind: User, user: {name: u}}], nonResourceRules: [{verbs: [get], nonResourceURLs: [/healthz]}]}]";

    private static string Create(string kind, string spec, string name = "a")
    {
        var yaml = $"{{apiVersion: {kind.Split(' ')[0]}, kind: {kind.Split(' ')[1]}, metadata: {{name: {name}}}, spec: {{{spec}}}}}";
        var decoded = ObjectCodec.Decode(Encoding.UTF8.GetBytes(yaml), WireFormat.Yaml, null, KindCatalog.Default.FindSchema, FieldValidation.Strict);
        var gvk = GroupVersionKind.Parse(decoded.ApiVersion, decoded.Kind);
        var info = KindCatalog.Default.FindKind(gvk.Group, gvk.Version, gvk.Kind)!;
        if (info.Namespaced)
        {
            decoded.Object["metadata"]!["namespace"] = "ns";
        }

        Defaulter.Apply(decoded.Object, info.Schema);
        return string.Join('\n', Validator.ValidateCreate(decoded.Object, info));
    }

    [Theory]
    [InlineData("priorityLevelConfiguration: {name: l}, " + Rules, "")]
    [InlineData("priorityLevelConfiguration: {name: l}, matchingPrecedence: 1, " + Rules, "spec.matchingPrecedence: Invalid value: 1: only the schema named 'exempt' may have matchingPrecedence 1")]
    [InlineData("priorityLevelConfiguration: {name: l}, matchingPrecedence: -1, " + Rules, "spec.matchingPrecedence: Invalid value: -1: must be a positive value")]
    [InlineData("priorityLevelConfiguration: {name: l}, matchingPrecedence: 10001, " + Rules, "spec.matchingPrecedence: Invalid value: 10001: must not be greater than 10000")]
    [InlineData("priorityLevelConfiguration: {name: \"\"}, " + Rules, "spec.priorityLevelConfiguration.name: Required value: must reference a priority level")]
    [InlineData("priorityLevelConfiguration: {name: l}, rules: [{subjects: []}]", "spec.rules[0].subjects: Required value: subjects must contain at least one value\nspec.rules[0]: Required value: at least one of resourceRules and nonResourceRules has to be non-empty")]
    [InlineData("priorityLevelConfiguration: {name: l}, rules: [{subjects: [{kind: User, group: {name: g}}], nonResourceRules: [{verbs: [get], nonResourceURLs: [\"*\"]}]}]", "spec.rules[0].subjects[0].user: Required value: user is required when subject kind is 'User'\nspec.rules[0].subjects[0].group: Forbidden: group is forbidden when subject kind is not 'Group'")]
    [InlineData("priorityLevelConfiguration: {name: l}, rules: [{subjects: [{kind: ServiceAccount, serviceAccount: {name: \"*\", namespace: \"\"}}], nonResourceRules: [{verbs: [\"*\"], nonResourceURLs: [a, /b//c, /d*, /e/*]}]}]", "spec.rules[0].subjects[0].serviceAccount.namespace: Required value: must specify namespace for service account\nspec.rules[0].nonResourceRules[0].nonResourceURLs[0]: Invalid value: \"a\": must start with slash\nspec.rules[0].nonResourceRules[0].nonResourceURLs[1]: Invalid value: \"/b//c\": must not contain double slash\nspec.rules[0].nonResourceRules[0].nonResourceURLs[2]: Invalid value: \"/d*\": wildcard can only do suffix matching")]
    [InlineData("priorityLevelConfiguration: {name: l}, rules: [{subjects: [{kind: Group, group: {name: g}}], resourceRules: [{verbs: [get, \"*\"], apiGroups: [\"\"], resources: [pods]}]}]", "spec.rules[0].resourceRules[0].verbs: Invalid value: []string{\"get\", \"*\"}: if '*' is present, must not specify other verbs\nspec.rules[0].resourceRules[0].namespaces: Required value: resource rules that are not cluster scoped must supply at least one namespace")]
    public void Flow_schemas(string spec, string errors) => Assert.Equal(errors, Create("flowcontrol.apiserver.k8s.io/v1 FlowSchema", spec));

    [Theory]
    [InlineData("type: Limited, limited: {limitResponse: {type: Reject}}", "")]
    [InlineData("type: Limited, limited: {limitResponse: {type: Queue, queuing: {}}}", "")]
    [InlineData("type: Exempt", "spec.type: Invalid value: \"Exempt\": type must be 'Exempt' if and only if name is 'exempt'")]
    [InlineData("type: Limited", "spec.limited: Required value: must not be empty when type is Limited")]
    [InlineData("type: Limited, limited: {nominalConcurrencyShares: -1, lendablePercent: 101, borrowingLimitPercent: -1, limitResponse: {type: Reject}}", "spec.limited.nominalConcurrencyShares: Invalid value: -1: must be a non-negative integer\nspec.limited.lendablePercent: Invalid value: 101: must be between 0 and 100, inclusive\nspec.limited.borrowingLimitPercent: Invalid value: -1: if specified, must be a non-negative integer")]
    [InlineData("type: Limited, limited: {limitResponse: {type: Reject, queuing: {}}}", "spec.limited.limitResponse.queuing: Forbidden: must be nil if limited.limitResponse.type is not Limited")]
    [InlineData("type: Limited, limited: {limitResponse: {type: Queue}}", "spec.limited.limitResponse.queuing: Required value: must not be empty if limited.limitResponse.type is Limited")]
    [InlineData("type: Limited, limited: {limitResponse: {type: Queue, queuing: {queues: 4, handSize: 5, queueLengthLimit: -1}}}", "spec.limited.limitResponse.queuing.queueLengthLimit: Invalid value: -1: must be positive\nspec.limited.limitResponse.queuing.handSize: Invalid value: 5: should not be greater than queues (4)")]
    [InlineData("type: Limited, limited: {limitResponse: {type: Queue, queuing: {queues: 512, handSize: 8, queueLengthLimit: 1}}}", "spec.limited.limitResponse.queuing.handSize: Invalid value: 8: required entropy bits of deckSize 512 and handSize 8 should not be greater than 60")]
    public void Priority_levels(string spec, string errors) => Assert.Equal(errors, Create("flowcontrol.apiserver.k8s.io/v1 PriorityLevelConfiguration", spec));

    [Theory]
    [InlineData("minAvailable: 1", "")]
    [InlineData("maxUnavailable: 50%", "")]
    [InlineData("minAvailable: -1", "spec.minAvailable: Invalid value: -1: must be greater than or equal to 0")]
    [InlineData("maxUnavailable: 101%", "spec.maxUnavailable: Invalid value: \"101%\": must not be greater than 100%")]
    [InlineData("maxUnavailable: x", "spec.maxUnavailable: Invalid value: \"x\": a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')")]
    [InlineData("minAvailable: 1, selector: {matchExpressions: [{key: a, operator: In}]}", "spec.selector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'")]
    public void Disruption_budgets(string spec, string errors) => Assert.Equal(errors, Create("policy/v1 PodDisruptionBudget", spec));

    [Fact]
    public void A_budget_has_one_bound() =>
        Assert.EndsWith("minAvailable and maxUnavailable cannot be both set", Create("policy/v1 PodDisruptionBudget", "minAvailable: 1, maxUnavailable: 1"), StringComparison.Ordinal);

    [Theory]
    [InlineData("scaleTargetRef: {kind: Deployment, name: d}, maxReplicas: 3", "")]
    [InlineData("scaleTargetRef: {kind: Deployment, name: d}, minReplicas: 4, maxReplicas: 3", "spec.maxReplicas: Invalid value: 3: must be greater than or equal to `minReplicas`")]
    [InlineData("scaleTargetRef: {kind: Deployment, name: a/b}, minReplicas: 0, maxReplicas: 0", "spec.minReplicas: Invalid value: 0: must be greater than or equal to 1\nspec.maxReplicas: Invalid value: 0: must be greater than 0\nspec.scaleTargetRef.name: Invalid value: \"a/b\": may not contain '/'\nspec.metrics: Forbidden: must specify at least one Object or External metric to support scaling to zero replicas")]
    [InlineData("scaleTargetRef: {kind: Deployment, name: d}, maxReplicas: 3, metrics: [{type: Resource, external: {metric: {name: m}, target: {type: Value, value: 1}}}]", "spec.metrics[0].resource: Required value: must populate information for the given metric source")]
    [InlineData("scaleTargetRef: {kind: Deployment, name: d}, maxReplicas: 3, metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 1}}, external: {metric: {name: m}, target: {type: Value, value: 1}}}]", "spec.metrics[0].external: Forbidden: must populate the given metric source only")]
    public void Autoscalers(string spec, string errors) => Assert.Equal(errors, Create("autoscaling/v2 HorizontalPodAutoscaler", spec));

    [Theory]
    [InlineData("* * * * *", "", "")]
    [InlineData("*/5 0-6,12 1 jan-mar mon", "", "")]
    [InlineData("0 0 * * 1-5/2", "", "")]
    [InlineData("@daily", "", "")]
    [InlineData("@every 1h30m", "", "")]
    [InlineData("* * * *", "", "spec.schedule: Invalid value: \"* * * *\": expected exactly 5 fields, found 4: [* * * *]")]
    [InlineData("60 * * * *", "", "spec.schedule: Invalid value: \"60 * * * *\": end of range (60) above maximum (59): 60")]
    [InlineData("* * 0 * *", "", "spec.schedule: Invalid value: \"* * 0 * *\": beginning of range (0) below minimum (1): 0")]
    [InlineData("5-3 * * * *", "", "spec.schedule: Invalid value: \"5-3 * * * *\": beginning of range (5) beyond end of range (3): 5-3")]
    [InlineData("*/0 * * * *", "", "spec.schedule: Invalid value: \"*/0 * * * *\": step of range should be a positive number: */0")]
    [InlineData("1-2-3 * * * *", "", "spec.schedule: Invalid value: \"1-2-3 * * * *\": too many hyphens: 1-2-3")]
    [InlineData("1/2/3 * * * *", "", "spec.schedule: Invalid value: \"1/2/3 * * * *\": too many slashes: 1/2/3")]
    [InlineData("x * * * *", "", "spec.schedule: Invalid value: \"x * * * *\": failed to parse int from x: strconv.Atoi: parsing \"x\": invalid syntax")]
    [InlineData("@weakly", "", "spec.schedule: Invalid value: \"@weakly\": unrecognized descriptor: @weakly")]
    [InlineData("TZ=UTC * * * * *", "", "spec.schedule: Invalid value: \"TZ=UTC * * * * *\": cannot use TZ or CRON_TZ in schedule, use timeZone field instead")]
    [InlineData("* * * * *", ", timeZone: Local", "spec.timeZone: Invalid value: \"Local\": timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones")]
    [InlineData("* * * * *", ", timeZone: ../x", "spec.timeZone: Invalid value: \"../x\": unknown time zone ../x")]
    [InlineData("* * * * *", ", timeZone: America/Argentina/Buenos_Aires, startingDeadlineSeconds: -1", "spec.startingDeadlineSeconds: Invalid value: -1: must be greater than or equal to 0")]
    public void Cron_jobs(string schedule, string more, string errors) =>
        Assert.Equal(errors, Create("batch/v1 CronJob", $"schedule: \"{schedule}\", jobTemplate: {{spec: {{template: {{spec: {{restartPolicy: Never, containers: [{{name: c, image: i}}]}}}}}}}}{more}"));

    [Fact]
    public void A_cron_job_leaves_room_for_the_names_of_its_jobs_and_its_pods_end()
    {
        const string spec = "schedule: \"@daily\", jobTemplate: {spec: {template: {spec: {restartPolicy: POLICY, containers: [{name: c, image: i}]}}}}";
        var name = new string('a', 53);
        Assert.Equal($"metadata.name: Invalid value: \"{name}\": must be no more than 52 characters", Create("batch/v1 CronJob", spec.Replace("POLICY", "Never", StringComparison.Ordinal), name));
        Assert.Equal(
            "spec.jobTemplate.spec.template.spec.restartPolicy: Required value: valid values: \"OnFailure\", \"Never\"",
            Create("batch/v1 CronJob", spec.Replace("POLICY", "Always", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("podSelector: {}", "")]
    [InlineData("podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}], ports: [{port: http}, {port: 80, endPort: 90}]}]", "")]
    [InlineData("podSelector: {}, policyTypes: [Ingress, X]", "spec.policyTypes[1]: Unsupported value: \"X\": supported values: \"Ingress\", \"Egress\"")]
    [InlineData("podSelector: {}, policyTypes: [Ingress, Egress, Ingress]", "spec.policyTypes: Invalid value: []networking.PolicyType{\"Ingress\", \"Egress\", \"Ingress\"}: may not specify more than two policyTypes")]
    [InlineData("podSelector: {}, ingress: [{ports: [{protocol: X, port: 0}]}]", "spec.ingress[0].ports[0].protocol: Unsupported value: \"X\": supported values: \"TCP\", \"UDP\", \"SCTP\"\nspec.ingress[0].ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive")]
    [InlineData("podSelector: {}, ingress: [{from: [{}]}]", "spec.ingress[0].from[0]: Required value: must specify a peer")]
    [InlineData("podSelector: {}, egress: [{to: [{podSelector: {}, ipBlock: {cidr: 10.0.0.0/33}}]}]", "spec.egress[0].to[0].ipBlock.cidr: Invalid value: \"10.0.0.0/33\": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)\nspec.egress[0].to[0]: Forbidden: may not specify both ipBlock and another peer")]
    [InlineData("podSelector: {}, egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.0.0.0/8, 11.0.0.0/16]}}]}]", "spec.egress[0].to[0].ipBlock.except[0]: Invalid value: \"10.0.0.0/8\": must be a strict subset of `cidr`\nspec.egress[0].to[0].ipBlock.except[1]: Invalid value: \"11.0.0.0/16\": must be a strict subset of `cidr`")]
    [InlineData("podSelector: {}, ingress: [{ports: [{port: 80, endPort: 79}, {endPort: 5}, {port: a, endPort: 5}, {port: 0}]}]", "spec.ingress[0].ports[0].endPort: Invalid value: 79: must be greater than or equal to `port`\nspec.ingress[0].ports[1].endPort: Invalid value: 5: may not be specified when `port` is not specified\nspec.ingress[0].ports[2].endPort: Invalid value: 5: may not be specified when `port` is non-numeric\nspec.ingress[0].ports[3].port: Invalid value: 0: must be between 1 and 65535, inclusive")]
    public void Network_policies(string spec, string errors) => Assert.Equal(errors, Create("networking.k8s.io/v1 NetworkPolicy", spec));

    [Theory]
    [InlineData("defaultBackend: {service: {name: s, port: {number: 80}}}", "")]
    [InlineData("rules: [{host: \"*.example.com\", http: {paths: [{path: /a, pathType: Prefix, backend: {service: {name: s, port: {name: http}}}}]}}]", "")]
    [InlineData("ingressClassName: c", "spec: Invalid value: []networking.IngressRule(nil): either `defaultBackend` or `rules` must be specified")]
    [InlineData("rules: [{host: 1.2.3.4}]", "spec.rules[0].host: Invalid value: \"1.2.3.4\": must be a DNS name, not an IP address")]
    [InlineData("rules: [{http: {paths: [{path: a, pathType: Exact, backend: {service: {name: s, port: {number: 80}}}}]}}]", "spec.rules[0].http.paths[0].path: Invalid value: \"a\": must be an absolute path")]
    [InlineData("rules: [{http: {paths: [{path: /a//b/.., pathType: Prefix, backend: {service: {name: s, port: {number: 80}}}}]}}]", "spec.rules[0].http.paths[0].path: Invalid value: \"/a//b/..\": must not contain '//'\nspec.rules[0].http.paths[0].path: Invalid value: \"/a//b/..\": cannot end with '/..'")]
    [InlineData("defaultBackend: {service: {name: s, port: {number: 80, name: http}}}", "spec.defaultBackend: Invalid value: \"\": cannot set both port name & port number")]
    [InlineData("defaultBackend: {service: {name: s}}", "spec.defaultBackend: Required value: port name or number is required")]
    [InlineData("defaultBackend: {}", "spec.defaultBackend: Invalid value: \"\": resource or service backend is required")]
    [InlineData("defaultBackend: {resource: {kind: '', name: a/b}}", "spec.defaultBackend.resource.kind: Required value\nspec.defaultBackend.resource.name: Invalid value: \"a/b\": may not contain '/'")]
    [InlineData("rules: [{http: {paths: [{path: /a, pathType: X, backend: {}}, {path: /b}]}}]", "spec.rules[0].http.paths[0].pathType: Unsupported value: \"X\": supported values: \"Exact\", \"ImplementationSpecific\", \"Prefix\"\nspec.rules[0].http.paths[0].backend: Invalid value: \"\": resource or service backend is required\nspec.rules[0].http.paths[1].pathType: Required value: pathType must be specified")]
    public void Ingresses(string spec, string errors) => Assert.Equal(errors, Create("networking.k8s.io/v1 Ingress", spec));

    [Theory]
    [InlineData("accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}", "")]
    [InlineData("resources: {requests: {storage: 1Gi}}", "spec.accessModes: Required value: at least 1 access mode is required")]
    [InlineData("accessModes: [ReadWriteOnce, ReadWriteOncePod], resources: {requests: {storage: 1Gi}}", "spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes")]
    [InlineData("accessModes: [ReadWriteOnce]", "spec.resources[storage]: Required value")]
    [InlineData("accessModes: [ReadWriteOnce], resources: {requests: {storage: 0}}", "spec.resources[storage]: Invalid value: \"0\": must be greater than zero")]
    public void Claims(string spec, string errors) => Assert.Equal(errors, Create("v1 PersistentVolumeClaim", spec));

    [Theory]
    [InlineData("accessModes: [ReadWriteOnce], capacity: {storage: 1Gi}, hostPath: {path: /a}", "")]
    [InlineData("accessModes: [ReadWriteOnce], capacity: {storage: 1Gi}", "spec: Required value: must specify a volume type")]
    [InlineData("accessModes: [ReadWriteOnce], capacity: {storage: 1Gi}, hostPath: {path: /a}, nfs: {server: s, path: /b}", "spec.nfs: Forbidden: may not specify more than 1 volume type")]
    [InlineData("hostPath: {path: /a}", "spec.accessModes: Required value\nspec.capacity: Required value\nspec.capacity: Unsupported value: core.ResourceList(nil): supported values: \"storage\"")]
    public void Volumes(string spec, string errors) => Assert.Equal(errors, Create("v1 PersistentVolume", spec));
}
