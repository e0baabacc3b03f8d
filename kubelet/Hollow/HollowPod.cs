using Kube.Api.Core.V1;
using Kube.Kubelet.PodWorkers;
using Cri = Kube.Proto.Cri.V1;

namespace Kube.Kubelet.Hollow;

/// <summary>What a runtime would say of a pod whose containers all started at once and go on for ever. Pure.</summary>
internal static class HollowPod
{
    /// <summary>Name of the runtime that is not there, as container ids begin with.</summary>
    public const string RuntimeName = "hollow";

    /// <summary>Every probe of a container that runs succeeds.</summary>
    public static IProbeResults Probes { get; } = new Healthy();

    /// <summary>The pod as it runs at <paramref name="address"/>. Ids follow from the uid, so they are the same after a restart.</summary>
    public static PodRuntimeStatus Running(Pod pod, string address, DateTimeOffset startedAt) => New(pod, address, startedAt, null);

    /// <summary>The pod as it is after its containers were asked to end, which they did at once and well.</summary>
    public static PodRuntimeStatus Ended(Pod pod, string address, DateTimeOffset startedAt, DateTimeOffset endedAt) =>
        New(pod, address, startedAt, endedAt);

    private static PodRuntimeStatus New(Pod pod, string address, DateTimeOffset startedAt, DateTimeOffset? endedAt)
    {
        string uid = pod.Uid();
        Cri.PodSandboxStatus sandbox = new()
        {
            Id = uid,
            State = endedAt is null ? Cri.PodSandboxState.SandboxReady : Cri.PodSandboxState.SandboxNotready,
            Metadata = new Cri.PodSandboxMetadata { Name = pod.Metadata.Name, Namespace = pod.Metadata.Namespace, Uid = uid },
            Network = new Cri.PodSandboxNetworkStatus { Ip = address },
            CreatedAt = Nanoseconds(startedAt),
        };
        IEnumerable<RuntimeContainer> init = pod.InitContainers().Select(c => Container(uid, c, startedAt, c.IsSidecar() ? endedAt : startedAt));
        IEnumerable<RuntimeContainer> main = pod.Containers().Select(c => Container(uid, c, startedAt, endedAt));
        return new PodRuntimeStatus([sandbox], [.. init, .. main]);
    }

    private static RuntimeContainer Container(string uid, Container container, DateTimeOffset startedAt, DateTimeOffset? endedAt) => new(uid, new Cri.ContainerStatus
    {
        Id = $"{uid}-{container.Name}",
        Metadata = new Cri.ContainerMetadata { Name = container.Name },
        State = endedAt is null ? Cri.ContainerState.ContainerRunning : Cri.ContainerState.ContainerExited,
        Reason = endedAt is null ? "" : "Completed",
        Image = new Cri.ImageSpec { Image = container.Image },
        ImageRef = container.Image,
        CreatedAt = Nanoseconds(startedAt),
        StartedAt = Nanoseconds(startedAt),
        FinishedAt = endedAt is { } end ? Nanoseconds(end) : 0,
    });

    private static long Nanoseconds(DateTimeOffset at) => (at - DateTimeOffset.UnixEpoch).Ticks * 100;

    private sealed class Healthy : IProbeResults
    {
        public bool? Liveness(string containerId) => true;

        public bool? Readiness(string containerId) => true;

        public bool? Startup(string containerId) => true;
    }
}
