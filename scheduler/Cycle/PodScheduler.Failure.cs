using Kube.Base;
using Kube.Client.Events;
using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Cycle;

public sealed partial class PodScheduler
{
    /// <summary>No node takes the pod. When one can be cleared for it, the victims are told to end before the pod goes back to the queue.</summary>
    private Task FailAsync(Attempt attempt, Decision decision, CancellationToken cancellationToken)
    {
        var pod = attempt.Queued.Pod;
        var rejectedBy = Rejections(decision.Failure!);
        _metrics.Attempt("unschedulable", attempt.Profile.SchedulerName, _time.GetElapsedTime(attempt.Started));
        if (decision.NominatedNode is { } nominated)
        {
            _nominations.Set(pod, nominated);
        }

        if (decision.Victims is null)
        {
            _queue.Return(attempt.Queued, attempt.Mark, rejectedBy);
            return ReportAsync(pod, "Unschedulable", decision.Failure!.Message, decision.NominatedNode, cancellationToken);
        }

        _metrics.Preemption(decision.Victims.Count);
        return ClearNodeAsync(attempt, decision, rejectedBy, cancellationToken);
    }

    private async Task ClearNodeAsync(Attempt attempt, Decision decision, IReadOnlySet<string> rejectedBy, CancellationToken cancellationToken)
    {
        var pod = attempt.Queued.Pod;
        var node = decision.NominatedNode!;
        try
        {
            foreach (var victim in decision.Victims!)
            {
                await _binder.PreemptAsync(victim, pod, cancellationToken).ConfigureAwait(false);
                Preempted(_logger, victim.Key, pod.Key, node);
                _events.Event(victim.Pod, EventTypes.Normal, "Preempted", $"Preempted by pod {pod.Uid} on node {node}");
            }

            // Less important pods that were promised room on the node must look anew: it goes to this one now.
            foreach (var other in _nominations.On(node).Where(other => other.Priority < pod.Priority))
            {
                _nominations.Remove(other.Uid);
                await _binder.ClearNominationAsync(other, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is not InvariantException)
        {
            PreemptionFailed(_logger, e, pod.Key, node);
            _nominations.Remove(pod.Uid);
            _queue.Return(attempt.Queued, attempt.Mark, NoPlugins);
            await ReportAsync(pod, "Unschedulable", decision.Failure!.Message, string.Empty, cancellationToken).ConfigureAwait(false);
            return;
        }

        _queue.Return(attempt.Queued, attempt.Mark, rejectedBy);
        await ReportAsync(pod, "Unschedulable", decision.Failure!.Message, node, cancellationToken).ConfigureAwait(false);
    }

    private async Task ReportAsync(PodInfo pod, string reason, string message, string? nominatedNode, CancellationToken cancellationToken)
    {
        NoNode(_logger, pod.Key, message);
        _events.Event(pod.Pod, EventTypes.Warning, "FailedScheduling", message);
        try
        {
            await _binder.SetUnscheduledAsync(pod, reason, message, nominatedNode, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not InvariantException)
        {
            // The condition is for people; the next attempt reports it again.
            StatusFailed(_logger, e, pod.Key);
        }
    }

    /// <summary>With no nodes at all no plugin has spoken; any change of the cluster may help then.</summary>
    private static IReadOnlySet<string> Rejections(FitError failure) =>
        failure.Plugins.Count > 0 ? failure.Plugins : new HashSet<string> { "NoNodes" };
}
