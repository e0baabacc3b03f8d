using Kube.Base;
using Kube.Client.Events;
using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Cycle;

public sealed partial class PodScheduler
{
    /// <summary>Longest time that plugins may let a pod wait for their permission.</summary>
    private static readonly TimeSpan PermitLimit = TimeSpan.FromMinutes(15);

    /// <summary>Permission, what must be done before, the Binding itself.</summary>
    private async Task BindAsync(Attempt attempt, NodeInfo node, int feasible, CancellationToken cancellationToken)
    {
        var pod = attempt.Queued.Pod;
        try
        {
            var refused = await RefusedAsync(attempt.Profile, pod, node.Name, cancellationToken).ConfigureAwait(false)
                ?? await PostBindingAsync(attempt.Profile, pod, node.Name, cancellationToken).ConfigureAwait(false);
            if (refused is not null)
            {
                await GiveUpAsync(attempt, node.Name, refused, cancellationToken).ConfigureAwait(false);
                return;
            }

            _queue.Done(attempt.Queued, attempt.Mark);
            _nominations.Remove(pod.Uid);
            _metrics.Scheduled(attempt.Profile.SchedulerName, _time.GetElapsedTime(attempt.Started), _time.GetUtcNow() - attempt.Queued.FirstAdded, attempt.Queued.Attempts);
            Bound(_logger, pod.Key, node.Name, feasible);
            _events.Event(pod.Pod, EventTypes.Normal, "Scheduled", $"Successfully assigned {pod.Key.Namespace}/{pod.Key.Name} to {node.Name}");
            foreach (var plugin in attempt.Profile.PostBind)
            {
                plugin.PostBind(pod, node.Name, this);
            }
        }
        catch (Exception e) when (e is not InvariantException)
        {
            Release(attempt, node.Name);
            _queue.Return(attempt.Queued, attempt.Mark, NoPlugins);
            _metrics.Attempt("error", attempt.Profile.SchedulerName, _time.GetElapsedTime(attempt.Started));
            if (!cancellationToken.IsCancellationRequested)
            {
                BindFailed(_logger, e, pod.Key, node.Name);
                await ReportAsync(pod, "SchedulerError", $"binding rejected: {e.Message}", null, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Asks the plugins that come between decision and binding; null when all agree.</summary>
    private async ValueTask<Status?> RefusedAsync(Profile profile, PodInfo pod, string node, CancellationToken cancellationToken)
    {
        if (profile.Permit.Count > 0 && await NotPermittedAsync(profile, pod, node, cancellationToken).ConfigureAwait(false) is { } refused)
        {
            return refused;
        }

        foreach (var plugin in profile.PreBind)
        {
            var status = await plugin.PreBindAsync(pod, node, this, cancellationToken).ConfigureAwait(false);
            if (!status.IsSuccess)
            {
                return status.By(plugin.Name);
            }
        }

        return null;
    }

    private async ValueTask<Status?> NotPermittedAsync(Profile profile, PodInfo pod, string node, CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        using var limit = new CancellationTokenSource(PermitLimit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        foreach (var plugin in profile.Permit)
        {
            try
            {
                var status = await plugin.PermitAsync(pod, node, either.Token).ConfigureAwait(false);
                if (!status.IsSuccess)
                {
                    _metrics.Permit(status.IsRejected ? "Unschedulable" : "Error", _time.GetElapsedTime(started));
                    return status.By(plugin.Name);
                }
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                _metrics.Permit("Unschedulable", _time.GetElapsedTime(started));
                return Status.Unschedulable("timeout").By(plugin.Name);
            }
        }

        _metrics.Permit("Success", _time.GetElapsedTime(started));
        return null;
    }

    /// <summary>Has the extender that binds such pods, or the first plugin that is willing, bind the pod; null when it is bound.</summary>
    private async ValueTask<Status?> PostBindingAsync(Profile profile, PodInfo pod, string node, CancellationToken cancellationToken)
    {
        await _calls.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (Extenders.Count > 0 && InterestedIn(pod).FirstOrDefault(static extender => extender.Binds) is { } binder)
            {
                await binder.BindAsync(pod, node, cancellationToken).ConfigureAwait(false);
                return null;
            }

            foreach (var plugin in profile.Bind)
            {
                var status = await plugin.BindAsync(pod, node, this, cancellationToken).ConfigureAwait(false);
                if (!status.IsSkip)
                {
                    return status.IsSuccess ? null : status.By(plugin.Name);
                }
            }
        }
        finally
        {
            _calls.Release();
        }

        return Status.Error("no plugin was willing to bind the pod");
    }

    /// <summary>A plugin has refused the pod on its node after the decision.</summary>
    private Task GiveUpAsync(Attempt attempt, string node, Status refused, CancellationToken cancellationToken)
    {
        Release(attempt, node);
        _metrics.Attempt(refused.IsRejected ? "unschedulable" : "error", attempt.Profile.SchedulerName, _time.GetElapsedTime(attempt.Started));
        _queue.Return(attempt.Queued, attempt.Mark, refused.IsRejected ? new HashSet<string> { refused.Plugin } : NoPlugins);
        return ReportAsync(
            attempt.Queued.Pod, refused.IsRejected ? "Unschedulable" : "SchedulerError", refused.ToString(), null, cancellationToken);
    }

    private void Release(Attempt attempt, string node)
    {
        var pod = attempt.Queued.Pod;
        foreach (var plugin in attempt.Profile.Reserve.Reverse())
        {
            plugin.Unreserve(pod, node, _facts);
        }

        if (_cache.Forget(pod))
        {
            // Others may have been refused for the room that it had.
            _queue.ClusterChanged(new ClusterEvent(ClusterChange.PodRemoved, Pod: pod));
        }
    }
}
