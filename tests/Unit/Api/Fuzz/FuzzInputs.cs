using System.Text;
using System.Text.Json.Nodes;
using Kube.Api.Schema;
using Kube.Api.Serialization;
using Kube.Api.Tests.Serialization;

namespace Kube.Api.Tests.Fuzz;

/// <summary>Sound inputs of the readers.</summary>
internal static class FuzzInputs
{
    public static readonly string[] JsonWords =
        ["{", "}", "[", "]", ",", ":", "null", "true", "-1", "1e999", "1E-400", "0.1", "99999999999999999999", "\"\"", "\"\\ud800\"", "\\u0000", "{\"a\":1,\"a\":2}", "\"metadata\":", "\"spec\":{}", "\u00e9", "\ufeff"];

    public static readonly string[] YamlWords =
        ["- ", ": ", "\n", "  ", "\t", "&a ", "*a", "<<: *a\n", "!!binary ", "!!float x", "!<", "%YAML 1.2\n", "---\n", "...\n", "|\n", ">-\n", "? ", "\"\\x", "\"\\U0010ffff\"", "'", "{", "}", "[", "]", "#", "~", ".inf", "0o7", "0x", "1_000", "\u0085", "\ufeff"];

    public static readonly string[] PatchWords =
    [
        .. JsonWords, "\"$patch\":\"delete\",", "\"$patch\":\"replace\",", "\"$patch\":\"x\",", "\"$retainKeys\":[\"name\"],", "\"$setElementOrder/containers\":[{\"name\":\"a\"}],",
        "\"$setElementOrder/env\":[],", "\"$setElementOrder\":[],", "\"$deleteFromPrimitiveList/finalizers\":[\"x\"],", "\"$deleteFromPrimitiveList\":1,", "\"name\":\"a\",", "{},", "null,", "\"f:x\":{},", "\"k:{}\":{},", "\"k:{\\\"a\\\":1,\\\"a\\\":2}\":{},", "\"managedFields\":[],",
    ];

    /// <summary>A pod with all kinds of lists, and with repeated items, which Kubernetes takes.</summary>
    public const string Pod = """
        {"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","namespace":"ns","labels":{"a":"b"},"finalizers":["x/y","z/w"],"ownerReferences":[{"apiVersion":"v1","kind":"Node","name":"n","uid":"u"}]},
        "spec":{"containers":[{"name":"a","image":"i","env":[{"name":"E","value":"1"},{"name":"E","value":"2"},{"name":"F","valueFrom":{"fieldRef":{"fieldPath":"metadata.name"}}}],
        "ports":[{"containerPort":80,"protocol":"TCP"},{"containerPort":80,"protocol":"UDP"}],"resources":{"limits":{"cpu":"1500m","memory":"1Gi"}},"livenessProbe":{"httpGet":{"port":"http","path":"/"},"periodSeconds":3},
        "volumeMounts":[{"name":"v","mountPath":"/v"}]},{"name":"b","image":"j"}],"volumes":[{"name":"v","emptyDir":{"sizeLimit":"1Mi"}},{"name":"w","configMap":{"name":"c","items":[{"key":"k","path":"p"}]}}],
        "tolerations":[{"operator":"Exists"}],"imagePullSecrets":[{"name":"s"}],"hostAliases":[{"ip":"1.2.3.4","hostnames":["h"]}],"topologySpreadConstraints":[{"maxSkew":1,"topologyKey":"zone","whenUnsatisfiable":"DoNotSchedule","labelSelector":{"matchExpressions":[{"key":"a","operator":"In","values":["b"]}]}}],
        "affinity":{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[{"matchExpressions":[{"key":"k","operator":"Gt","values":["1"]}]}]}}}},
        "status":{"conditions":[{"type":"Ready","status":"True","lastTransitionTime":"2024-01-02T03:04:05Z"}],"podIPs":[{"ip":"10.0.0.1"}]}}
        """;

    private static readonly string[] Kinds =
    [
        "v1 Service", "v1 PersistentVolumeClaim", "v1 PersistentVolume", "v1 Node", "v1 ResourceQuota", "v1 LimitRange", "v1 ConfigMap", "v1 Secret", "v1 Event", "v1 ReplicationController", "v1 Namespace",
        "apps/v1 Deployment", "apps/v1 StatefulSet", "apps/v1 DaemonSet", "batch/v1 Job", "batch/v1 CronJob", "networking.k8s.io/v1 Ingress", "networking.k8s.io/v1 NetworkPolicy", "autoscaling/v2 HorizontalPodAutoscaler",
        "policy/v1 PodDisruptionBudget", "rbac.authorization.k8s.io/v1 Role", "flowcontrol.apiserver.k8s.io/v1 FlowSchema", "flowcontrol.apiserver.k8s.io/v1 PriorityLevelConfiguration", "admissionregistration.k8s.io/v1 ValidatingAdmissionPolicy",
        "admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration", "certificates.k8s.io/v1 CertificateSigningRequest", "discovery.k8s.io/v1 EndpointSlice", "storage.k8s.io/v1 CSIDriver", "apiextensions.k8s.io/v1 CustomResourceDefinition",
    ];

    /// <summary>One object of each of the kinds that have rules of their own, and the pod.</summary>
    public static IReadOnlyList<JsonObject> Objects { get; } =
    [
        Parse(Pod),
        .. Kinds.Select((name, i) => new ObjectGenerator((ulong)i + 1).Make(KindOf(name.Split(' ')[0], name.Split(' ')[1]))),
    ];

    public static KindInfo KindOf(string apiVersion, string kind)
    {
        var slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        return KindCatalog.Default.FindKind(slash < 0 ? "" : apiVersion[..slash], apiVersion[(slash + 1)..], kind)
            ?? throw new ArgumentException($"no kind {kind} in {apiVersion}");
    }

    public static JsonObject Parse(string json) => JsonTree.ParseObject(Encoding.UTF8.GetBytes(json));

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    public static IReadOnlyList<byte[]> Encoded(WireFormat format) =>
        [.. Objects.Select(obj => ObjectCodec.Encode(obj, format, KindOf(obj.Text("apiVersion")!, obj.Text("kind")!).Schema))];
}
