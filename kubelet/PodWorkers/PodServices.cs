using Kube.Client.Events;
using Kube.Kubelet.Probes;
using Kube.Kubelet.Runtime;
using Kube.Kubelet.Volumes;
using Microsoft.Extensions.Logging;

namespace Kube.Kubelet.PodWorkers;

/// <summary>What every pod worker of a kubelet works with.</summary>
internal sealed record PodServices
{
    public required KubeletNode Node { get; init; }

    public required ICriRuntime Runtime { get; init; }

    public required ContainerConfigBuilder Configs { get; init; }

    public required VolumeManager Volumes { get; init; }

    public required IObjectSource Objects { get; init; }

    public required ProbeManager Probes { get; init; }

    public required HandlerRunner Handlers { get; init; }

    public required IEventRecorder Events { get; init; }

    public required StatusManager Statuses { get; init; }

    public required Volumes.TokenCache Tokens { get; init; }

    public required TimeProvider Time { get; init; }

    public required ILogger Logger { get; init; }
}
