using Kube.Api.Core.V1;
using Kube.Kubelet.Volumes;
using Cri = Kube.Proto.Cri.V1;

namespace Kube.Kubelet.PodWorkers;

internal sealed partial class PodWorker
{
    /// <summary>Containers that start quicker are told of together with their sandbox. Kubernetes' kubelet tells when it next looks at the runtime, every second.</summary>
    private static readonly TimeSpan SandboxToldWithin = TimeSpan.FromSeconds(1);

    private bool _settled;
    private bool _gone;

    private async Task<TimeSpan?> SyncAsync(CancellationToken cancellation)
    {
        Desired desired = _desired;
        Pod pod = desired.Pod;
        PodRuntimeStatus runtime = await ReadRuntimeAsync(cancellation);
        if (desired.Removed || pod.IsDeleting())
        {
            await TerminateAsync(runtime, cancellation);
            return null;
        }

        if (_rejected is { Reason: PodAdmission.NodeAffinity } doubtful && !_reconsidered)
        {
            await Reconsider(this, doubtful, cancellation);
            _reconsidered = true;
        }

        if (_rejected is { } rejected && !Status.IsTerminal())
        {
            _services.Events.Event(pod, "Warning", rejected.Reason, rejected.Message);
            Publish(pod, PodStatusBuilder.Failed(pod, Previous(pod), rejected.Reason, "Pod was rejected: " + rejected.Message, Now));
        }

        if (Status.IsTerminal())
        {
            await SettleAsync(pod, runtime, cancellation);
            await ReclaimNowAsync(pod, runtime, cancellation);
            return null;
        }

        if (_end is { } end)
        {
            await EndForNodeAsync(pod, runtime, end, cancellation);
            return null;
        }

        if (PastDeadline(pod))
        {
            const string Message = "Pod was active on the node longer than the specified deadline";
            _services.Events.Event(pod, "Normal", "DeadlineExceeded", Message);
            PodStatus failed = Build(pod, runtime, terminal: false);
            (failed.Phase, failed.Reason, failed.Message) = ("Failed", "DeadlineExceeded", Message);
            _status = failed;
            await SettleAsync(pod, runtime, cancellation);
            return null;
        }

        pod = Allocate(pod, runtime);
        Publish(pod, Build(pod, runtime, terminal: false));
        TimeSpan? wake = await ActAsync(pod, runtime, cancellation);
        return Sooner(Sooner(wake, DeadlineIn(pod)), _resize is PodResize.Deferred ? RetryResizeAfter : null);
    }

    private DateTimeOffset Now => _services.Time.GetUtcNow();

    private async Task<TimeSpan?> ActAsync(Pod pod, PodRuntimeStatus runtime, CancellationToken cancellation)
    {
        PodActions actions = PodActionsComputer.Compute(pod, runtime, _services.Probes, Allocation.Applied);
        if (actions is { KillPod: true, CreateSandbox: true })
        {
            _services.Events.Event(pod, "Normal", "SandboxChanged", "Pod sandbox changed, it will be killed and re-created.");
        }

        if (actions.KillPod)
        {
            await KillPodAsync(pod, runtime, pod.GraceSeconds(), runHooks: true, cancellation);
            runtime = await ReadRuntimeAsync(cancellation);
            if (!actions.CreateSandbox)
            {
                Publish(pod, Build(pod, runtime, terminal: true));
                await SettleAsync(pod, runtime, cancellation);
                return null;
            }
        }

        foreach (ContainerToKill kill in actions.ContainersToKill)
        {
            await KillContainerAsync(pod, kill.Container, kill.Running, kill.Message, KillGrace(pod, kill), runHooks: true, cancellation);
        }

        TimeSpan? wake;
        List<Container> starts = [.. actions.EphemeralContainersToStart, .. actions.InitContainersToStart, .. actions.ContainersToStart];
        if (actions.CreateSandbox || starts.Count > 0 || VolumesStale(pod))
        {
            wake = await MountVolumesAsync(pod, cancellation);
            if (wake is not null)
            {
                return wake;
            }
        }

        if (actions.CreateSandbox)
        {
            wake = await CreateSandboxAsync(pod, actions.Attempt, cancellation);
            if (wake is not null)
            {
                return wake;
            }

            runtime = await ReadRuntimeAsync(cancellation);
            Publish(pod, Build(pod, runtime, terminal: false), SandboxToldWithin);
        }

        wake = await UpdateResourcesAsync(pod, actions.ContainersToUpdate, runtime, cancellation);
        foreach (Container container in starts)
        {
            wake = Sooner(wake, await StartAsync(pod, container, runtime, cancellation));
        }

        if (wake is null && actions.ContainersToUpdate.Count > 0 && _resize == PodResize.InProgress)
        {
            _resize = null;
        }

        if (actions.ContainersToKill.Count + actions.ContainersToUpdate.Count + starts.Count > 0)
        {
            runtime = await ReadRuntimeAsync(cancellation);
            await PruneAsync(pod, runtime, cancellation);
            Publish(pod, Build(pod, runtime, terminal: false));
        }

        _services.Probes.Sync(pod, runtime, ProbeAddress(pod));
        return Sooner(wake, VolumeManager.NeedsRefresh(pod) ? RefreshVolumesAfter : null);
    }

    /// <summary>The end of a pod that ran to its end or was failed: nothing of it runs, its logs and its object stay.</summary>
    private async Task SettleAsync(Pod pod, PodRuntimeStatus runtime, CancellationToken cancellation)
    {
        if (_settled)
        {
            return;
        }

        await KillPodAsync(pod, runtime, pod.GraceSeconds(), runHooks: true, cancellation);
        _services.Probes.Forget(pod.Uid());
        if (_rejected is null)
        {
            PodRuntimeStatus after = await ReadRuntimeAsync(cancellation);
            if (after.Containers.Count > 0)
            {
                Publish(pod, Build(pod, after, terminal: true));
            }
            else if (_status is not null)
            {
                Publish(pod, _status);
            }
        }

        _services.Volumes.Unmount(pod.Uid());
        _settled = true;
        _ended.TrySetResult();
    }

    private Task<PodRuntimeStatus> ReadRuntimeAsync(CancellationToken cancellation) =>
        PodRuntimeStatus.ReadAsync(_services.Runtime, Pod.Uid(), cancellation);

    private PodStatus Build(Pod pod, PodRuntimeStatus runtime, bool terminal) => PodStatusBuilder.Build(pod, runtime, Previous(pod), new PodStatusInputs
    {
        Probes = _services.Probes,
        Now = Now,
        HostAddresses = [_services.Node.Address.ToString()],
        RuntimeName = _services.Node.RuntimeName,
        Waiting = _waiting,
        Terminal = terminal,
        Resize = _resize,
        Applied = Allocation.Applied,
        TerminationMessage = TerminationMessages.Read,
    });

    /// <summary>The status last made with the conditions that others have set in the meantime.</summary>
    private PodStatus? Previous(Pod pod)
    {
        if (_status is null)
        {
            return pod.Status;
        }

        List<PodCondition> foreign = [.. (pod.Status?.Conditions ?? []).Where(c => !PodStatusBuilder.OwnConditions.Contains(c.Type))];
        bool shared = foreign.Exists(c => c.Type == PodStatusBuilder.DisruptionTarget);
        _status.Conditions =
        [
            .. (_status.Conditions ?? []).Where(c =>
                PodStatusBuilder.OwnConditions.Contains(c.Type) || (c.Type == PodStatusBuilder.DisruptionTarget && !shared)),
            .. foreign,
        ];
        return _status;
    }

    private void Publish(Pod pod, PodStatus status, TimeSpan within = default)
    {
        _status = status;
        _services.Statuses.Set(pod, status, within);
    }

    private string ProbeAddress(Pod pod) =>
        pod.Spec?.HostNetwork == true ? _services.Node.Address.ToString() : _status?.PodIP ?? _services.Node.Address.ToString();

    /// <summary>A changed pod is reason to look at once: its labels and annotations may be shown in a volume.</summary>
    private bool VolumesStale(Pod pod) => VolumeManager.NeedsRefresh(pod)
        && (Now - _volumesAt >= RefreshVolumesAfter || _volumesOf is null || (!ReferenceEquals(_volumesOf, pod) && Matters(_volumesOf, pod)));

    private bool PastDeadline(Pod pod) => DeadlineIn(pod) is { } left && left <= TimeSpan.Zero;

    private TimeSpan? DeadlineIn(Pod pod) =>
        pod.Spec?.ActiveDeadlineSeconds is { } seconds && Status?.StartTime is { } start
            ? start.Value + TimeSpan.FromSeconds(seconds) - Now
            : null;

    private static long KillGrace(Pod pod, ContainerToKill kill)
    {
        Container? container = kill.Container;
        long? ofProbe = kill.Message.Contains("liveness", StringComparison.Ordinal) ? container?.LivenessProbe?.TerminationGracePeriodSeconds
            : kill.Message.Contains("startup", StringComparison.Ordinal) ? container?.StartupProbe?.TerminationGracePeriodSeconds
            : null;
        return ofProbe ?? pod.GraceSeconds();
    }

    private static TimeSpan? Sooner(TimeSpan? a, TimeSpan? b) => a is null ? b : b is null ? a : a < b ? a : b;
}
