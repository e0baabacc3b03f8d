namespace Kube.Scheduler.Queue;

/// <summary>Pauses between attempts.</summary>
public sealed record QueueOptions
{
    /// <summary>First pause after a failed attempt; doubles with each further one.</summary>
    public TimeSpan InitialBackoff { get; init; } = SchedulingQueue.InitialBackoff;

    /// <summary>Longest pause after a failed attempt.</summary>
    public TimeSpan MaxBackoff { get; init; } = SchedulingQueue.MaxBackoff;
}
