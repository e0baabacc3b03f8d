namespace Kube.Scheduler.Framework;

/// <summary>The plugins of one scheduler name, in the order in which they are asked.</summary>
public sealed class Profile(string schedulerName, IReadOnlyList<IPlugin> plugins)
{
    /// <summary>Pods whose spec.schedulerName is this are scheduled with this profile.</summary>
    public string SchedulerName => schedulerName;

    public IReadOnlyList<IPreEnqueuePlugin> PreEnqueue { get; } = [.. plugins.OfType<IPreEnqueuePlugin>()];

    public IQueueSortPlugin QueueSort { get; } = plugins.OfType<IQueueSortPlugin>().Single();

    public IReadOnlyList<IPreFilterPlugin> PreFilter { get; } = [.. plugins.OfType<IPreFilterPlugin>()];

    public IReadOnlyList<IFilterPlugin> Filter { get; } = [.. plugins.OfType<IFilterPlugin>()];

    public IReadOnlyList<IScorePlugin> Score { get; } = [.. plugins.OfType<IScorePlugin>()];
}
