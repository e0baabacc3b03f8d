using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Plugins.VolumeBinding;

/// <summary>
/// The node must reach the volumes of the pod's claims. Claims whose class waits for the first consumer get theirs together with the
/// node: one that is there, or one to be made where the node can reach it; before the pod is bound, its claims are.
/// </summary>
/// <param name="bindTimeout">How long to wait for claims to be bound before the pod is tried anew; Kubernetes' 600 s when null.</param>
public sealed class VolumeBinding(TimeSpan? bindTimeout = null) : IPreFilterPlugin, IClusterPlugin, IReservePlugin, IPreBindPlugin, IPostBindPlugin, IQueueingHints
{
    private static readonly Status Immediate = Status.Unresolvable("pod has unbound immediate PersistentVolumeClaims").By("VolumeBinding");
    private readonly TimeSpan _bindTimeout = bindTimeout ?? TimeSpan.FromSeconds(600);

    public string Name => "VolumeBinding";

    public int Weight => 0;

    public PreFilterResult PreFilter(PodInfo pod, ClusterView view)
    {
        if (pod.Claims.Count == 0)
        {
            return Status.Skip;
        }

        var (claims, status) = ClaimSet.Of(pod, view.Facts.Storage);
        return claims?.HasImmediate == true ? Immediate : status;
    }

    public IClusterRule? Prepare(PodInfo pod, ClusterView view) =>
        pod.Claims.Count > 0 && ClaimSet.Of(pod, view.Facts.Storage).Claims is { } claims ? new VolumeBindingRule(claims, view.Facts.Storage) : null;

    public Status Reserve(PodInfo pod, NodeInfo node, IClusterFacts facts)
    {
        if (pod.Claims.Count == 0)
        {
            return Status.Success;
        }

        // Worked out anew: what the informers have told since the decision must not be overlooked.
        var (claims, status) = ClaimSet.Of(pod, facts.Storage);
        if (claims is null)
        {
            return status;
        }

        var (plan, verdict) = VolumePlanner.Of(claims, node.Node!, facts.Storage);
        return plan is null ? verdict
            : facts.Storage.Reserve(pod, node.Name, plan) ? Status.Success
            : Status.Error("volumes were taken by another pod");
    }

    public void Unreserve(PodInfo pod, string node, IClusterFacts facts) => facts.Storage.Release(pod.Uid);

    public Task<Status> PreBindAsync(PodInfo pod, string node, IBindingContext context, CancellationToken cancellationToken) =>
        context.Facts.Storage.PlanOf(pod.Uid) is { IsNothing: false } plan
            ? context.BindVolumesAsync(pod, node, plan, _bindTimeout, cancellationToken)
            : Task.FromResult(Status.Success);

    /// <summary>From now on the claims themselves tell.</summary>
    public void PostBind(PodInfo pod, string node, IBindingContext context) => context.Facts.Storage.Release(pod.Uid);

    public bool MayHelp(PodInfo pod, ClusterEvent change)
    {
        if (change.Is(ClusterChange.NodeAdded | ClusterChange.NodeLabels | ClusterChange.ClassAdded | ClusterChange.CapacityAdded
            | ClusterChange.NodeDriversAdded | ClusterChange.VolumeAdded | ClusterChange.VolumeChanged))
        {
            return true;
        }

        return change switch
        {
            { Claim: { } claim } => VolumeRules.Uses(pod, claim),
            { Change: ClusterChange.ClassTopologies } => true,
            { Change: ClusterChange.CapacityGrown } => true,
            { Change: ClusterChange.DriverChanged } => true,
            _ => false,
        };
    }

    private sealed class VolumeBindingRule(ClaimSet claims, IStorage storage) : IClusterRule
    {
        public CountedPods Counts => CountedPods.None;

        public bool CountsNodes => false;

        public bool Filters => true;

        public bool Scores => false;

        public void CountNode(NodeInfo node, int sign)
        {
            // Nodes are looked at one by one.
        }

        public void CountPod(NodeInfo node, PodInfo pod, int sign)
        {
            // Volumes belong to claims, whoever uses them.
        }

        public Status Filter(int index, NodeInfo node) => VolumePlanner.Of(claims, node.Node!, storage).Status;

        public void Score(ReadOnlySpan<int> feasible, Span<long> scores) => scores.Clear();
    }
}
