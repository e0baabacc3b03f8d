using System.Globalization;
using System.Numerics;
using Kube.Api.Core.V1;
using Kube.Api.Json;

namespace Kube.Kubelet.PodWorkers;

/// <summary>Questions about a pod's specification that several parts of the kubelet ask.</summary>
internal static class PodExtensions
{
    public const string Always = "Always";
    public const string OnFailure = "OnFailure";
    public const string Never = "Never";

    private const long DefaultGraceSeconds = 30;

    public static string Uid(this Pod pod) => pod.Metadata.Uid ?? "";

    public static string RestartPolicyOrDefault(this Pod pod) => pod.Spec?.RestartPolicy is { Length: > 0 } policy ? policy : Always;

    public static IReadOnlyList<Container> Containers(this Pod pod) => pod.Spec?.Containers ?? [];

    public static IReadOnlyList<Container> InitContainers(this Pod pod) => pod.Spec?.InitContainers ?? [];

    public static IEnumerable<Container> AllContainers(this Pod pod) => pod.InitContainers().Concat(pod.Containers());

    /// <summary>Whether an init container is a sidecar: started in order with the others but never waited for.</summary>
    public static bool IsSidecar(this Container container) => container.RestartPolicy == Always;

    public static bool IsTerminal(this PodStatus? status) => status?.Phase is "Succeeded" or "Failed";

    public static bool IsDeleting(this Pod pod) => pod.Metadata.DeletionTimestamp is not null;

    public static bool IsStatic(this Pod pod) => pod.Metadata.Annotations?.GetValueOrDefault(KubeletLabels.ConfigSource) is { Length: > 0 } and not "api";

    /// <summary>Seconds between the stop signal and the kill: those of the deletion if there is one, else those of the pod.</summary>
    public static long GraceSeconds(this Pod pod) =>
        Math.Max(1, pod.Metadata.DeletionGracePeriodSeconds ?? pod.Spec?.TerminationGracePeriodSeconds ?? DefaultGraceSeconds);

    /// <summary>name_namespace(uid), as Kubernetes' messages name a pod.</summary>
    public static string Describe(this Pod pod) => $"{pod.Metadata.Name}_{pod.Metadata.Namespace}({pod.Metadata.Uid})";

    /// <summary>Changes whenever a container must be made anew because its image or command changed; hexadecimal.</summary>
    public static string Hash(this Container container)
    {
        // Everything but the image can only change by a new pod.
        byte[] json = KubeJson.Serialize(new Container { Name = container.Name, Image = container.Image });
        uint hash = uint.MaxValue;
        foreach (byte b in json)
        {
            hash = BitOperations.Crc32C(hash, b);
        }

        return (~hash).ToString("x", CultureInfo.InvariantCulture);
    }
}
