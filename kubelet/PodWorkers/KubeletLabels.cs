namespace Kube.Kubelet.PodWorkers;

/// <summary>Labels and annotations by which the kubelet knows its sandboxes and containers again; Kubernetes' own names.</summary>
internal static class KubeletLabels
{
    public const string PodName = "io.kubernetes.pod.name";
    public const string PodNamespace = "io.kubernetes.pod.namespace";
    public const string PodUid = "io.kubernetes.pod.uid";
    public const string ContainerName = "io.kubernetes.container.name";

    public const string ContainerHash = "io.kubernetes.container.hash";
    public const string RestartCount = "io.kubernetes.container.restartCount";
    public const string TerminationMessagePath = "io.kubernetes.container.terminationMessagePath";
    public const string TerminationMessagePolicy = "io.kubernetes.container.terminationMessagePolicy";
    public const string GracePeriod = "io.kubernetes.pod.terminationGracePeriod";

    /// <summary>The requests and limits that a container was made with, as JSON.</summary>
    public const string Resources = "kube.dev/container.resources";

    /// <summary>Which kubelet made it: several may share one runtime.</summary>
    public const string Kubelet = "kube.dev/kubelet";

    /// <summary>Set by the kubelet on pods it reads from files.</summary>
    public const string ConfigSource = "kubernetes.io/config.source";
    public const string ConfigHash = "kubernetes.io/config.hash";
    public const string ConfigMirror = "kubernetes.io/config.mirror";
}
