using System.Text;
using System.Text.Json.Nodes;
using Kube.Api.Defaulting;
using Kube.Api.Schema;
using Kube.Api.Serialization;
using Kube.Api.Validation;

namespace Kube.Api.Tests.Validation;

public sealed class ValidatorTests
{
    private static (JsonObject Object, KindInfo Kind) Make(string yaml)
    {
        var decoded = ObjectCodec.Decode(Encoding.UTF8.GetBytes(yaml), WireFormat.Yaml, null, KindCatalog.Default.FindSchema, FieldValidation.Strict);
        var gvk = GroupVersionKind.Parse(decoded.ApiVersion, decoded.Kind);
        var kind = KindCatalog.Default.FindKind(gvk.Group, gvk.Version, gvk.Kind)!;
        if (kind.Namespaced)
        {
            decoded.Object["metadata"]!["namespace"] ??= "ns";
        }

        Defaulter.Apply(decoded.Object, kind.Schema);
        return (decoded.Object, kind);
    }

    private static string Create(string yaml)
    {
        var (obj, kind) = Make(yaml);
        return string.Join("\n", Validator.ValidateCreate(obj, kind));
    }

    private static string Pod(string spec) => Create($"{{apiVersion: v1, kind: Pod, metadata: {{name: a}}, spec: {spec}}}");

    [Theory]
    [InlineData("{containers: [{name: c, image: i}]}", "")]
    [InlineData("{containers: []}", "spec.containers: Required value")]
    [InlineData("{containers: [{name: c}]}", "spec.containers[0].image: Required value")]
    [InlineData("{containers: [{image: i}]}", "spec.containers[0].name: Required value")]
    [InlineData("{containers: [{name: c, image: i}, {name: c, image: i}]}", "spec.containers[1].name: Duplicate value: \"c\"")]
    [InlineData("{restartPolicy: Sometimes, containers: [{name: c, image: i}]}", "spec.restartPolicy: Unsupported value: \"Sometimes\": supported values: \"Always\", \"OnFailure\", \"Never\"")]
    [InlineData("{containers: [{name: c, image: i, imagePullPolicy: X}]}", "spec.containers[0].imagePullPolicy: Unsupported value: \"X\": supported values: \"Always\", \"IfNotPresent\", \"Never\"")]
    [InlineData("{containers: [{name: C, image: i}]}", "spec.containers[0].name: Invalid value: \"C\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')")]
    [InlineData("{containers: [{name: c, image: i, ports: [{containerPort: 70000}]}]}", "spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive")]
    [InlineData("{containers: [{name: c, image: i, volumeMounts: [{name: v, mountPath: /p}]}]}", "spec.containers[0].volumeMounts[0].name: Not found: \"v\"")]
    [InlineData("{containers: [{name: c, image: i, resources: {limits: {cpu: 1}, requests: {cpu: 2}}}]}", "spec.containers[0].resources.requests: Invalid value: \"2\": must be less than or equal to cpu limit of 1")]
    [InlineData("{containers: [{name: c, image: i, resources: {limits: {cpu: -1}}}]}", "spec.containers[0].resources.limits[cpu]: Invalid value: \"-1\": must be greater than or equal to 0\nspec.containers[0].resources.requests[cpu]: Invalid value: \"-1\": must be greater than or equal to 0")]
    [InlineData("{containers: [{name: c, image: i, livenessProbe: {}}]}", "spec.containers[0].livenessProbe: Required value: must specify a handler type")]
    [InlineData("{containers: [{name: c, image: i, env: [{name: E, value: x, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]}]}", "spec.containers[0].env[0].valueFrom: Invalid value: \"\": may not be specified when `value` is not empty")]
    [InlineData("{volumes: [{name: v, emptyDir: {}, hostPath: {path: /a}}], containers: [{name: c, image: i}]}", "spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type")]
    [InlineData("{tolerations: [{}], containers: [{name: c, image: i}]}", "spec.tolerations[0].operator: Invalid value: \"\": operator must be Exists when `key` is empty, which means \"match all values and all keys\"")]
    [InlineData("{activeDeadlineSeconds: 0, containers: [{name: c, image: i}]}", "spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive")]
    public void PodsAreChecked(string spec, string errors) => Assert.Equal(errors, Pod(spec));

    [Theory]
    [InlineData("{apiVersion: v1, kind: ConfigMap, metadata: {name: A_b}}", "metadata.name: Invalid value: \"A_b\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')")]
    [InlineData("{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: a}, value: 1000000000}", "")]
    [InlineData("{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: a}, value: 1000000001}", "value: Forbidden: maximum allowed value of a user defined priority is 1000000000")]
    [InlineData("{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: system-a}, value: 1}", "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. error: system-a is not a known system priority class")]
    [InlineData("{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: system-node-critical}, value: 1}", "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. error: value of system-node-critical PriorityClass must be 2000001000")]
    [InlineData("{apiVersion: v1, kind: ConfigMap, metadata: {}}", "metadata.name: Required value: name or generateName is required")]
    [InlineData("{apiVersion: v1, kind: Namespace, metadata: {name: a, namespace: b}}", "metadata.namespace: Forbidden: not allowed on this type")]
    [InlineData("{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {\"a/b\": x}}", "data[a/b]: Invalid value: \"a/b\": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')")]
    [InlineData("{apiVersion: v1, kind: Secret, metadata: {name: a}, type: kubernetes.io/tls}", "data[tls.crt]: Required value\ndata[tls.key]: Required value")]
    [InlineData("{apiVersion: v1, kind: Secret, metadata: {name: a}, type: kubernetes.io/tls, stringData: {tls.crt: x, tls.key: z}}", "")]
    [InlineData("{apiVersion: v1, kind: Service, metadata: {name: 1a}, spec: {ports: [{port: 80}]}}", "metadata.name: Invalid value: \"1a\": a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')")]
    [InlineData("{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {}}", "spec.ports: Required value")]
    [InlineData("{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {ports: [{port: 80}, {port: 81}]}}", "spec.ports[0].name: Required value\nspec.ports[1].name: Required value")]
    [InlineData("{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: c}}, spec: {containers: [{name: c, image: i}]}}}}", "spec.template.metadata.labels: Invalid value: map[string]string{\"a\":\"c\"}: `selector` does not match template `labels`")]
    [InlineData("{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: i}]}}}}", "spec.selector: Required value\nspec.template.spec.restartPolicy: Unsupported value: \"Never\": supported values: \"Always\"")]
    [InlineData("{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, spec: {replicas: -1, selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i}]}}}}", "spec.replicas: Invalid value: -1: must be greater than or equal to 0")]
    [InlineData("{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: \"a:b\"}, rules: [{}]}", "rules[0].verbs: Required value: verbs must contain at least one value\nrules[0].apiGroups: Required value: resource rules must supply at least one api group\nrules[0].resources: Required value: resource rules must supply at least one resource")]
    [InlineData("{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: a}, roleRef: {kind: Role, name: r}, subjects: [{kind: User, name: u}]}", "roleRef.kind: Unsupported value: \"Role\": supported values: \"ClusterRole\"")]
    [InlineData("{apiVersion: coordination.k8s.io/v1, kind: Lease, metadata: {name: a}, spec: {leaseDurationSeconds: 0}}", "spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0")]
    [InlineData("{apiVersion: v1, kind: Node, metadata: {name: a, labels: {a b: c}}, spec: {taints: [{key: k, effect: X}]}}", "metadata.labels: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')\nmetadata.taints[0].effect: Unsupported value: \"X\": supported values: \"NoSchedule\", \"PreferNoSchedule\", \"NoExecute\"")]
    public void OtherKindsAreChecked(string yaml, string errors) => Assert.Equal(errors, Create(yaml));

    private static string Update(string yaml, Action<JsonObject> change)
    {
        var (old, kind) = Make(yaml);
        var changed = (JsonObject)old.DeepClone();
        change(changed);
        return string.Join("\n", Validator.ValidateUpdate(changed, old, kind));
    }

    private const string SomePod = "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {nodeName: m, containers: [{name: c, image: i}], tolerations: [{key: k, operator: Exists}]}}";

    [Fact]
    public void APodsSpecHardlyChanges()
    {
        Assert.Equal("", Update(SomePod, p => p["spec"]!["containers"]![0]!["image"] = "j"));
        Assert.Equal("", Update(SomePod, p => p["spec"]!["tolerations"]!.AsArray().Add(JsonNode.Parse("""{"key":"l","operator":"Exists"}"""))));
        Assert.Equal("", Update(SomePod, p => p["metadata"]!["labels"] = new JsonObject { ["a"] = "b" }));
        Assert.StartsWith("spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,", Update(SomePod, p => p["spec"]!["nodeName"] = "k"), StringComparison.Ordinal);
        Assert.StartsWith("spec: Forbidden: pod updates may not", Update(SomePod, p => p["spec"]!["containers"]![0]!["command"] = new JsonArray("x")), StringComparison.Ordinal);
        Assert.Equal("spec.containers: Forbidden: pod updates may not add or remove containers", Update(SomePod, p => p["spec"]!["containers"]!.AsArray().Add(JsonNode.Parse("""{"name":"d","image":"i","imagePullPolicy":"Always","terminationMessagePolicy":"File"}"""))));
        Assert.Equal("spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds", Update(SomePod, p => p["spec"]!["tolerations"] = new JsonArray()));
        Assert.Equal("metadata.name: Invalid value: \"b\": field is immutable", Update(SomePod, p => p["metadata"]!["name"] = "b"));
    }

    [Fact]
    public void ImmutableFieldsStay()
    {
        const string deployment = "{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b, c: d}}, spec: {containers: [{name: c, image: i}]}}}}";
        Assert.Equal(
            "spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string{\"c\":\"d\"}, MatchExpressions:[]v1.LabelSelectorRequirement(nil)}: field is immutable",
            Update(deployment, d => d["spec"]!["selector"] = JsonNode.Parse("""{"matchLabels":{"c":"d"}}""")));
        const string map = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {a: b}, immutable: true}";
        Assert.Equal("data: Forbidden: field is immutable when `immutable` is set", Update(map, m => m["data"]!["a"] = "c"));
        Assert.Equal("immutable: Forbidden: field is immutable when `immutable` is set", Update(map, m => m.Remove("immutable")));
        Assert.Equal("type: Invalid value: \"x\": field is immutable", Update("{apiVersion: v1, kind: Secret, metadata: {name: a}}", s => s["type"] = "x"));
        Assert.Equal(
            "metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{\"x.io/f\"}",
            Update("{apiVersion: v1, kind: Secret, metadata: {name: a, deletionTimestamp: \"2020-01-01T00:00:00Z\", finalizers: [y.io/f]}}", s => s["metadata"]!["finalizers"]!.AsArray().Add("x.io/f")));
        Assert.Equal(
            "roleRef: Invalid value: rbac.RoleRef{APIGroup:\"rbac.authorization.k8s.io\", Kind:\"Role\", Name:\"s\"}: cannot change roleRef",
            Update("{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: a}, roleRef: {kind: Role, name: r}}", b => b["roleRef"]!["name"] = "s"));
    }

    [Fact]
    public void RandomObjectsNeverBreakValidation()
    {
        foreach (var kind in KindCatalog.Default.Kinds)
        {
            for (ulong seed = 40; seed < 46; seed++)
            {
                var obj = new Serialization.ObjectGenerator(seed).Make(kind);
                var other = new Serialization.ObjectGenerator(seed + 100).Make(kind);
                Defaulter.Apply(obj, kind.Schema);
                Validator.ValidateCreate(obj, kind);
                Validator.ValidateUpdate(obj, other, kind);
                var before = obj.ToJsonString();
                Assert.Empty(Validator.ValidateUpdate(obj, (JsonObject)obj.DeepClone(), kind, "status").Where(e => e.Detail == "field is immutable"));
                Assert.Equal(before, obj.ToJsonString());
            }
        }
    }
}
