namespace Kube.Scheduler.Framework;

/// <summary>
/// A rule of scheduling. Plugins are pure: what they say depends on their arguments and configuration alone, so one
/// instance serves all threads.
/// </summary>
public interface IPlugin
{
    /// <summary>Kubernetes' name of the plugin.</summary>
    string Name { get; }
}

/// <summary>Says whether a pod may enter the active queue at all.</summary>
public interface IPreEnqueuePlugin : IPlugin
{
    Status PreEnqueue(PodInfo pod);
}

/// <summary>Orders the active queue. A scheduler has exactly one.</summary>
public interface IQueueSortPlugin : IPlugin
{
    /// <summary>Negative when <paramref name="left"/> comes first.</summary>
    int Compare(QueuedPod left, QueuedPod right);
}

/// <summary>Looks at the pod alone before the nodes are filtered.</summary>
public interface IPreFilterPlugin : IPlugin
{
    /// <summary><see cref="Status.Skip"/> leaves the plugin's filter out for this pod.</summary>
    Status PreFilter(PodInfo pod);
}

/// <summary>Says whether a pod can run on a node.</summary>
public interface IFilterPlugin : IPlugin
{
    Status Filter(PodInfo pod, NodeInfo node);
}

/// <summary>Says how well a pod would do on a node that has passed all filters.</summary>
public interface IScorePlugin : IPlugin
{
    /// <summary>Largest score after normalization.</summary>
    public const long MaxScore = 100;

    /// <summary>How much the plugin's score counts.</summary>
    int Weight { get; }

    /// <summary>False leaves the plugin out for this pod, as its scores would all be equal.</summary>
    bool AppliesTo(PodInfo pod, IReadOnlyList<NodeInfo> nodes);

    /// <summary>The raw score: larger is better unless <see cref="Normalize"/> reverses it.</summary>
    long Score(PodInfo pod, NodeInfo node);

    /// <summary>Brings the raw scores of all nodes into 0 to <see cref="MaxScore"/>, in place.</summary>
    void Normalize(Span<long> scores)
    {
    }
}

/// <summary>A pod in the queue.</summary>
public sealed class QueuedPod(PodInfo pod, DateTimeOffset added)
{
    /// <summary>The pod as it was last seen.</summary>
    public PodInfo Pod { get; set; } = pod;

    /// <summary>When the pod entered the queue, first or again after an attempt.</summary>
    public DateTimeOffset Timestamp { get; set; } = added;

    /// <summary>When it entered the queue first.</summary>
    public DateTimeOffset FirstAdded { get; } = added;

    /// <summary>How many times it has been tried.</summary>
    public int Attempts { get; set; }

    /// <summary>Plugins that rejected it at the last attempt.</summary>
    public IReadOnlySet<string> RejectedBy { get; set; } = new HashSet<string>();

    /// <summary>Tells entries of equal priority and time apart, in the order of arrival.</summary>
    public long Sequence { get; set; }
}
