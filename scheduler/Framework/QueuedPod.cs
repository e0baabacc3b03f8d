namespace Kube.Scheduler.Framework;

/// <summary>A pod in the queue.</summary>
public sealed class QueuedPod(PodInfo pod, DateTimeOffset added)
{
    private static readonly IReadOnlySet<string> NoPlugins = new HashSet<string>();

    /// <summary>The pod as it was last seen.</summary>
    public PodInfo Pod { get; set; } = pod;

    /// <summary>When the pod entered the queue, first or again after an attempt.</summary>
    public DateTimeOffset Timestamp { get; set; } = added;

    /// <summary>When it entered the queue first.</summary>
    public DateTimeOffset FirstAdded { get; } = added;

    /// <summary>How many times it has been tried.</summary>
    public int Attempts { get; set; }

    /// <summary>Plugins that rejected it at the last attempt.</summary>
    public IReadOnlySet<string> RejectedBy { get; set; } = NoPlugins;

    /// <summary>Tells entries of equal priority and time apart, in the order of arrival.</summary>
    public long Sequence { get; set; }
}
