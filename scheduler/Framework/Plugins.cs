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

/// <summary>What is said of the pod alone.</summary>
/// <param name="Status"><see cref="Framework.Status.Skip"/> leaves the plugin's filter out for this pod.</param>
/// <param name="Nodes">When not null, no other node can take the pod, and only these are looked at.</param>
public readonly record struct PreFilterResult(Status Status, IReadOnlySet<string>? Nodes = null)
{
    public static implicit operator PreFilterResult(Status status) => new(status);
}

/// <summary>
/// Looks at the pod before the nodes are filtered. The answer depends on what is in the pod's <see cref="PodInfo.Shape"/> and on the facts.
/// </summary>
public interface IPreFilterPlugin : IPlugin
{
    PreFilterResult PreFilter(PodInfo pod, ClusterView view);
}

/// <summary>Says whether a pod can run on a node, by what is on that node alone.</summary>
public interface IFilterPlugin : IPlugin
{
    Status Filter(PodInfo pod, NodeInfo node);
}

/// <summary>Says how well a pod would do on a node that has passed all filters, by what is on that node alone.</summary>
public interface IScorePlugin : IPlugin
{
    /// <summary>Largest score after normalization.</summary>
    public const long MaxScore = 100;

    /// <summary>How much the plugin's score counts when the configuration does not say.</summary>
    int Weight { get; }

    /// <summary>The score: from 0 to <see cref="MaxScore"/>, larger is better; or anything that <see cref="INormalizeScorePlugin"/> brings there.</summary>
    long Score(PodInfo pod, NodeInfo node);
}

/// <summary>Looks at the pod before the nodes are scored. The answer depends on what is in the pod's <see cref="PodInfo.Shape"/>.</summary>
public interface IPreScorePlugin : IPlugin
{
    /// <summary><see cref="Status.Skip"/> leaves the plugin's score out for this pod, as all nodes would get the same.</summary>
    Status PreScore(PodInfo pod);
}

/// <summary>Brings the raw scores of all feasible nodes into 0 to <see cref="IScorePlugin.MaxScore"/>.</summary>
public interface INormalizeScorePlugin : IScorePlugin
{
    /// <summary>Changes the scores in place. Equal scores stay equal.</summary>
    void Normalize(Span<long> scores);
}

/// <summary>A plugin that looks beyond one node: its rule counts pods over the whole cluster.</summary>
public interface IClusterPlugin : IPlugin
{
    /// <summary>How much the rule's score counts when the configuration does not say.</summary>
    int Weight { get; }

    /// <summary>False for a plugin whose rules only score.</summary>
    bool MayFilter => true;

    /// <summary>
    /// The rule for pods of this one's shape, having counted nothing yet; null when the plugin can never have anything to say of
    /// such a pod. The rule is good for one <see cref="ClusterView.Epoch"/> and one version of the facts.
    /// </summary>
    IClusterRule? Prepare(PodInfo pod, ClusterView view);
}

/// <summary>Which pods a <see cref="IClusterRule"/> counts.</summary>
public enum CountedPods
{
    None,

    /// <summary>Those of <see cref="NodeInfo.PodsWithAffinity"/>.</summary>
    WithAffinity,
    All,
}

/// <summary>
/// What a plugin knows of the cluster with a view to pods of one shape: sums over nodes and their pods, which the framework keeps
/// right by taking out what has changed and putting in its new form. Also preemption is tried out this way. Not thread-safe.
/// </summary>
public interface IClusterRule
{
    /// <summary>Which pods are to be counted.</summary>
    CountedPods Counts { get; }

    /// <summary>True when nodes are to be counted.</summary>
    bool CountsNodes { get; }

    /// <summary>True while <see cref="Filter"/> may reject a node.</summary>
    bool Filters { get; }

    /// <summary>True while <see cref="Score"/> may tell nodes apart.</summary>
    bool Scores { get; }

    /// <summary>A node comes in (sign 1) or goes out (-1); its pods are counted by <see cref="CountPod"/>.</summary>
    void CountNode(NodeInfo node, int sign);

    /// <summary>A pod on a node comes in (sign 1) or goes out (-1).</summary>
    void CountPod(NodeInfo node, PodInfo pod, int sign);

    /// <summary>Says whether the pod can run on a node: the one at the index of the view, or another form of it.</summary>
    Status Filter(int index, NodeInfo node);

    /// <summary>Writes each feasible node's score, 0 to <see cref="IScorePlugin.MaxScore"/>; the nodes are given by index.</summary>
    void Score(ReadOnlySpan<int> feasible, Span<long> scores);
}

/// <summary>Tells which changes of the cluster may help a pod that the plugin has rejected. A plugin without it hopes for any change.</summary>
public interface IQueueingHints : IPlugin
{
    /// <summary>False when the change surely does not make the plugin accept the pod.</summary>
    bool MayHelp(PodInfo pod, ClusterEvent change);
}

/// <summary>Looks for a way out when no node takes a pod.</summary>
public interface IPostFilterPlugin : IPlugin
{
    PostFilterResult PostFilter(PodInfo pod, IPostFilterContext context);
}

/// <summary>Sets things aside for a pod on its chosen node, before other pods are decided on.</summary>
public interface IReservePlugin : IPlugin
{
    Status Reserve(PodInfo pod, NodeInfo node, IClusterFacts facts);

    /// <summary>Undoes <see cref="Reserve"/>, also when that was never called or failed half way.</summary>
    void Unreserve(PodInfo pod, string node, IClusterFacts facts);
}

/// <summary>Says whether a pod that has its node may be bound now.</summary>
public interface IPermitPlugin : IPlugin
{
    /// <summary>Completes when the pod may be bound, with success, or must not, with why. After 15 minutes it is cancelled.</summary>
    ValueTask<Status> PermitAsync(PodInfo pod, string node, CancellationToken cancellationToken);
}

/// <summary>What plugins have at hand between decision and binding.</summary>
public interface IBindingContext
{
    IClusterFacts Facts { get; }

    /// <summary>The API server.</summary>
    IPodBinder Api { get; }

    /// <summary>Does what the plan says and waits until the pod's claims are bound, or can't be.</summary>
    Task<Status> BindVolumesAsync(PodInfo pod, string node, VolumePlan plan, TimeSpan timeout, CancellationToken cancellationToken);
}

/// <summary>Does what must be done before a pod is bound, such as binding its volumes.</summary>
public interface IPreBindPlugin : IPlugin
{
    Task<Status> PreBindAsync(PodInfo pod, string node, IBindingContext context, CancellationToken cancellationToken);
}

/// <summary>Binds the pod. The plugins of a profile are asked in turn until one does not skip.</summary>
public interface IBindPlugin : IPlugin
{
    /// <summary><see cref="Status.Skip"/> leaves the pod to the next plugin. Throws when the outcome is not known.</summary>
    ValueTask<Status> BindAsync(PodInfo pod, string node, IBindingContext context, CancellationToken cancellationToken);
}

/// <summary>Told after a pod has been bound.</summary>
public interface IPostBindPlugin : IPlugin
{
    void PostBind(PodInfo pod, string node, IBindingContext context);
}
