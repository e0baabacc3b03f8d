using Kube.Api.Values;
using Kube.Kubelet.Eviction;
using Kube.Kubelet.Images;
using Kube.Kubelet.Logs;
using Kube.Kubelet.NodeStatus;
using Kube.Kubelet.PodWorkers;
using Kube.Kubelet.Shutdown;

namespace Kube.Kubelet.Host;

/// <summary>How a kubelet looks after its node: what it keeps back, when it evicts, cleans up and reports. Kubernetes' defaults.</summary>
internal sealed record NodeSettings
{
    /// <summary>Kept back for Kubernetes' own processes.</summary>
    public IReadOnlyDictionary<string, Quantity> KubeReserved { get; init; } = new Dictionary<string, Quantity>();

    /// <summary>Kept back for the machine's other processes.</summary>
    public IReadOnlyDictionary<string, Quantity> SystemReserved { get; init; } = new Dictionary<string, Quantity>();

    public IReadOnlyDictionary<string, string> EvictionHard { get; init; } = EvictionThresholds.DefaultHard;

    public IReadOnlyDictionary<string, string> EvictionSoft { get; init; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> EvictionSoftGracePeriod { get; init; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> EvictionMinimumReclaim { get; init; } = new Dictionary<string, string>();

    public TimeSpan EvictionPressureTransitionPeriod { get; init; } = TimeSpan.FromMinutes(5);

    public long EvictionMaxPodGracePeriodSeconds { get; init; }

    public ImagePolicy Images { get; init; } = new();

    public LogPolicy Logs { get; init; } = new();

    public NodeReportOptions Report { get; init; } = new();

    /// <summary>How old the sizes of volumes, roots and logs may get.</summary>
    public TimeSpan VolumeStatsPeriod { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The longest that a container that keeps ending waits to be started again.</summary>
    public TimeSpan RestartBackOffMax { get; init; } = ContainerBackOff.LongestRestart;

    public ShutdownOptions Shutdown { get; init; } = new();

    /// <exception cref="ThresholdException">A threshold cannot be read.</exception>
    public EvictionOptions Eviction() => new()
    {
        Thresholds = EvictionThresholds.Parse(EvictionHard, EvictionSoft, EvictionSoftGracePeriod, EvictionMinimumReclaim),
        TransitionPeriod = EvictionPressureTransitionPeriod,
        MaxPodGraceSeconds = EvictionMaxPodGracePeriodSeconds,
    };
}
