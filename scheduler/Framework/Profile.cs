namespace Kube.Scheduler.Framework;

/// <summary>The plugins of one scheduler name, in the order in which they are asked.</summary>
/// <param name="schedulerName">Pods whose spec.schedulerName is this are scheduled with this profile.</param>
/// <param name="plugins">The plugins.</param>
/// <param name="weights">Weights of scores, by plugin, where they are not the plugin's own.</param>
/// <param name="enabled">Whether a plugin takes part at an extension point (Kubernetes' name of it: "filter"); at all of them when null.</param>
public sealed class Profile(
    string schedulerName,
    IReadOnlyList<IPlugin> plugins,
    IReadOnlyDictionary<string, int>? weights = null,
    Func<string, IPlugin, bool>? enabled = null)
{
    public string SchedulerName => schedulerName;

    public IReadOnlyList<IPlugin> Plugins => plugins;

    /// <summary>Share of a large cluster that is searched, in per cent; 0 lets its size decide.</summary>
    public int PercentageOfNodesToScore { get; init; }

    public IReadOnlyList<IPreEnqueuePlugin> PreEnqueue { get; } = Select<IPreEnqueuePlugin>("preEnqueue", plugins, enabled);

    public IQueueSortPlugin QueueSort { get; } = Select<IQueueSortPlugin>("queueSort", plugins, enabled).Single();

    public IReadOnlyList<IPreFilterPlugin> PreFilter { get; } = Select<IPreFilterPlugin>("preFilter", plugins, enabled);

    public IReadOnlyList<IFilterPlugin> Filter { get; } = Select<IFilterPlugin>("filter", plugins, enabled);

    public IReadOnlyList<IPostFilterPlugin> PostFilter { get; } = Select<IPostFilterPlugin>("postFilter", plugins, enabled);

    public IReadOnlyList<IScorePlugin> Score { get; } = Select<IScorePlugin>("score", plugins, enabled);

    public IReadOnlyList<IPreScorePlugin> PreScore { get; } = Select<IPreScorePlugin>("preScore", plugins, enabled);

    /// <summary>Plugins that look beyond one node and filter.</summary>
    public IReadOnlyList<IClusterPlugin> ClusterFilter { get; } = [.. Select<IClusterPlugin>("filter", plugins, enabled).Where(plugin => plugin.MayFilter)];

    /// <summary>Plugins that look beyond one node and score.</summary>
    public IReadOnlyList<IClusterPlugin> ClusterScore { get; } = [.. Select<IClusterPlugin>("score", plugins, enabled).Where(plugin => plugin.Weight > 0)];

    public IReadOnlyList<IReservePlugin> Reserve { get; } = Select<IReservePlugin>("reserve", plugins, enabled);

    public IReadOnlyList<IPermitPlugin> Permit { get; } = Select<IPermitPlugin>("permit", plugins, enabled);

    public IReadOnlyList<IPreBindPlugin> PreBind { get; } = Select<IPreBindPlugin>("preBind", plugins, enabled);

    public IReadOnlyList<IBindPlugin> Bind { get; } = Select<IBindPlugin>("bind", plugins, enabled);

    public IReadOnlyList<IPostBindPlugin> PostBind { get; } = Select<IPostBindPlugin>("postBind", plugins, enabled);

    /// <summary>Plugins by name.</summary>
    public IReadOnlyDictionary<string, IPlugin> ByName { get; } = plugins.ToDictionary(plugin => plugin.Name, StringComparer.Ordinal);

    /// <summary>How much a plugin's score counts.</summary>
    public int WeightOf(IPlugin plugin) => weights?.GetValueOrDefault(plugin.Name) is { } weight and > 0 ? weight : plugin switch
    {
        IScorePlugin score => score.Weight,
        IClusterPlugin cluster => cluster.Weight,
        _ => 1,
    };

    /// <summary>
    /// True when a change of the cluster may help a pod that these plugins have rejected. A rejection by something that is not in
    /// the profile hopes for any change.
    /// </summary>
    public bool MayHelp(PodInfo pod, IEnumerable<string> rejectedBy, ClusterEvent change)
    {
        foreach (var name in rejectedBy)
        {
            if (!ByName.TryGetValue(name, out var plugin) || plugin is not IQueueingHints hints || hints.MayHelp(pod, change))
            {
                return true;
            }
        }

        return false;
    }

    private static T[] Select<T>(string point, IReadOnlyList<IPlugin> plugins, Func<string, IPlugin, bool>? enabled)
        where T : IPlugin => [.. plugins.OfType<T>().Where(plugin => enabled is null || enabled(point, plugin))];
}
