using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Plugins.PrioritySort;

/// <summary>Pods of higher priority first; among equals, whoever has waited longer.</summary>
public sealed class PrioritySort : IQueueSortPlugin
{
    public string Name => "PrioritySort";

    public int Compare(QueuedPod left, QueuedPod right)
    {
        var byPriority = right.Pod.Priority.CompareTo(left.Pod.Priority);
        if (byPriority != 0)
        {
            return byPriority;
        }

        var byTime = left.Timestamp.CompareTo(right.Timestamp);
        return byTime != 0 ? byTime : left.Sequence.CompareTo(right.Sequence);
    }
}
