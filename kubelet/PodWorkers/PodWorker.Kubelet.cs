using Kube.Api.Core.V1;
using Kube.Api.Values;

namespace Kube.Kubelet.PodWorkers;

/// <summary>What the kubelet does to a pod on its own account: ending it for the node's sake, removing what is left of it.</summary>
internal sealed partial class PodWorker
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _reconsidered;
    private volatile PodEnd? _end;
    private volatile TaskCompletionSource? _reclaim;

    /// <summary>Looks again at a pod that was refused because of the node's labels, before it is failed for that; answers why it still is refused.</summary>
    public Func<PodWorker, PodRejection, CancellationToken, Task<PodRejection?>> Reconsider { get; init; } =
        static (_, rejected, _) => Task.FromResult<PodRejection?>(rejected);

    /// <summary>Takes the outcome of the second look, under the lock of admissions, and answers it.</summary>
    public PodRejection? Reconsidered(PodRejection? outcome) => _rejected = outcome;

    /// <summary>Ends the pod for good: it becomes Failed for that reason. Completes when nothing of it runs. The first reason stands.</summary>
    public Task EndAsync(PodEnd end)
    {
        _end ??= end;
        Signal();
        return _ended.Task;
    }

    /// <summary>
    /// Removes sandbox, containers and logs of a pod that has ended; its status and its object stay. Completes at once for one that has not.
    /// </summary>
    public Task ReclaimAsync()
    {
        if (!_settled || !Status.IsTerminal())
        {
            return Task.CompletedTask;
        }

        TaskCompletionSource done = _reclaim ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Signal();
        return done.Task;
    }

    /// <summary>Ends the pod as <see cref="EndAsync"/> asked.</summary>
    private async Task EndForNodeAsync(Pod pod, PodRuntimeStatus runtime, PodEnd end, CancellationToken cancellation)
    {
        await KillPodAsync(pod, runtime, Math.Min(end.GraceSeconds, pod.GraceSeconds()), runHooks: true, cancellation);
        PodStatus failed = Build(pod, await ReadRuntimeAsync(cancellation), terminal: true);
        (failed.Phase, failed.Reason, failed.Message) = ("Failed", end.Reason, end.Message);
        if (end.Disruption is { } disruption)
        {
            failed.Conditions =
            [
                .. (failed.Conditions ?? []).Where(c => c.Type != PodStatusBuilder.DisruptionTarget),
                new PodCondition
                {
                    Type = PodStatusBuilder.DisruptionTarget,
                    Status = "True",
                    Reason = disruption,
                    Message = end.Message,
                    LastTransitionTime = (Time)Now,
                },
            ];
        }

        Publish(pod, failed);
        await SettleAsync(pod, runtime, cancellation);
    }

    /// <summary>What is asked of a pod that has settled.</summary>
    private async Task ReclaimNowAsync(Pod pod, PodRuntimeStatus runtime, CancellationToken cancellation)
    {
        if (_reclaim is { } asked)
        {
            await RemoveFromNodeAsync(pod, runtime, cancellation);
            _reclaim = null;
            asked.TrySetResult();
        }
    }
}
