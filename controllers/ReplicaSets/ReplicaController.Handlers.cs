namespace Kube.Controllers.ReplicaSets;

/// <summary>From changes of pods to the owners they concern.</summary>
public abstract partial class ReplicaController<TOwner>
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
        Owners.KeyOfController(pod, _kind) is { } key && _sets.Store.Get(key) is { } owner && Owners.IsControlledBy(pod, owner) ? AsSet(owner) : null;

    private void AddMatching(Pod pod)
    {
        foreach (var set in _sets.Store.List(pod.Metadata.Namespace))
        {
            if (LabelMatch.Matches(AsSet(set).Spec?.Selector, pod.Metadata.Labels))
            {
                Queue.Add(ObjectKey.Of(set));
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Kind} {Key} has too few replicas: creating {Count}")]
    private static partial void LogCreating(ILogger log, string kind, ObjectKey key, int count);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Kind} {Key} has too many replicas: deleting {Count}")]
    private static partial void LogDeleting(ILogger log, string kind, ObjectKey key, int count);
}
