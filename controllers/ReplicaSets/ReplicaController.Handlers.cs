namespace Kube.Controllers.ReplicaSets;

/// <summary>From changes of pods to the sets they concern.</summary>
public sealed partial class ReplicaSetController
{
    private void PodAdded(Pod pod)
    {
        if (pod.Metadata.DeletionTimestamp is not null)
        {
            PodDeleted(pod); // first seen after a restart, on its way out already
            return;
        }

        if (Owners.ControllerOf(pod) is not null)
        {
            if (SetOf(pod) is { } set)
            {
                _expectations.CreationObserved(ObjectKey.Of(set));
                Queue.Add(ObjectKey.Of(set));
            }
        }
        else
        {
            AddMatching(pod);
        }
    }

    private void PodUpdated(Pod old, Pod pod)
    {
        if (old.Metadata.ResourceVersion == pod.Metadata.ResourceVersion)
        {
            return;
        }

        if (pod.Metadata.DeletionTimestamp is not null)
        {
            PodDeleted(pod); // its replacement need not wait until it is gone
            PodDeleted(old);
            return;
        }

        if (Owners.ControllerOf(old)?.Uid != Owners.ControllerOf(pod)?.Uid && SetOf(old) is { } former)
        {
            Queue.Add(ObjectKey.Of(former));
        }

        if (Owners.ControllerOf(pod) is null)
        {
            AddMatching(pod);
        }
        else if (SetOf(pod) is { } set)
        {
            Queue.Add(ObjectKey.Of(set));
            if (!Pods.IsReady(old) && Pods.IsReady(pod) && set.Spec?.MinReadySeconds is > 0 and var wait)
            {
                Queue.AddAfter(ObjectKey.Of(set), TimeSpan.FromSeconds(wait + 1));
            }
        }
    }

    private void PodDeleted(Pod pod)
    {
        if (SetOf(pod) is { } set)
        {
            _expectations.DeletionObserved(ObjectKey.Of(set), pod.Metadata.Uid ?? "");
            Queue.Add(ObjectKey.Of(set));
        }
    }

    private ReplicaSet? SetOf(Pod pod) =>
        Owners.KeyOfController(pod, "ReplicaSet") is { } key && _sets.Store.Get(key) is { } set && Owners.IsControlledBy(pod, set) ? set : null;

    private void AddMatching(Pod pod)
    {
        foreach (var set in _sets.Store.List(pod.Metadata.Namespace))
        {
            if (LabelMatch.Matches(set.Spec?.Selector, pod.Metadata.Labels))
            {
                Queue.Add(ObjectKey.Of(set));
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Replica set {Key} has too few replicas: creating {Count}")]
    private static partial void LogCreating(ILogger log, ObjectKey key, int count);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Replica set {Key} has too many replicas: deleting {Count}")]
    private static partial void LogDeleting(ILogger log, ObjectKey key, int count);
}
