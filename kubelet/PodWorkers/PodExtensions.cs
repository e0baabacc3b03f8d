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

    /// <summary>The containers that were added to the running pod to look into it, as containers.</summary>
    public static IReadOnlyList<Container> EphemeralContainers(this Pod pod) =>
        pod.Spec?.EphemeralContainers is { Count: > 0 } some ? [.. some.Select(AsContainer)] : [];

    /// <summary>Every container of the pod, ephemeral ones too.</summary>
    public static IEnumerable<Container> EveryContainer(this Pod pod) => pod.AllContainers().Concat(pod.EphemeralContainers());

    public static bool IsEphemeral(this Pod pod, Container container) => pod.Spec?.EphemeralContainers?.Exists(e => e.Name == container.Name) == true;

    /// <summary>
    /// Whether a volume counts as ephemeral storage: an empty directory on disk, or what comes from a config map, as in Kubernetes. Memory does not, nor do
    /// secrets and what else Kubernetes keeps in memory.
    /// </summary>
    public static bool IsLocal(this Volume volume) => volume.ConfigMap is not null || volume.EmptyDir is { Medium: null or "" };

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

    private static Container AsContainer(EphemeralContainer ephemeral) => new()
    {
        Name = ephemeral.Name,
        Image = ephemeral.Image,
        Command = ephemeral.Command,
        Args = ephemeral.Args,
        WorkingDir = ephemeral.WorkingDir,
        EnvFrom = ephemeral.EnvFrom,
        Env = ephemeral.Env,
        VolumeMounts = ephemeral.VolumeMounts,
        TerminationMessagePath = ephemeral.TerminationMessagePath,
        TerminationMessagePolicy = ephemeral.TerminationMessagePolicy,
        ImagePullPolicy = ephemeral.ImagePullPolicy,
        SecurityContext = ephemeral.SecurityContext,
        Stdin = ephemeral.Stdin,
        StdinOnce = ephemeral.StdinOnce,
        Tty = ephemeral.Tty,
    };

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
