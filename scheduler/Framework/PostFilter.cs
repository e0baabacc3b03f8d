namespace Kube.Scheduler.Framework;

/// <summary>What came of looking for a way out.</summary>
/// <param name="Message">Why there is none; null when there is one.</param>
/// <param name="NominatedNode">Node that is being cleared for the pod; empty when an earlier nomination is void; null leaves it as it is.</param>
/// <param name="Victims">Pods to end on that node.</param>
public sealed record PostFilterResult(string? Message, string? NominatedNode = null, IReadOnlyList<PodInfo>? Victims = null);

/// <summary>A node that would take the pod if others ended.</summary>
/// <param name="Violations">How many of them would break a disruption budget.</param>
public sealed record PreemptionCandidate(NodeInfo Node, IReadOnlyList<PodInfo> Victims, int Violations);

/// <summary>A post-filter plugin that ends pods, in two steps so that extenders can come in between.</summary>
public interface IPreemptionPlugin : IPostFilterPlugin
{
    /// <summary>The nodes to choose from, or the result when there are none.</summary>
    (PostFilterResult? Result, IReadOnlyList<PreemptionCandidate> Candidates) FindCandidates(PodInfo pod, IPostFilterContext context);

    /// <summary>The candidate with which the least harm is done.</summary>
    PostFilterResult Choose(IReadOnlyList<PreemptionCandidate> candidates);
}

/// <summary>The failed search that a post-filter plugin looks at. Good during its call only.</summary>
public interface IPostFilterContext
{
    ClusterView View { get; }

    /// <summary>The node cleared for the pod by an earlier attempt, if any.</summary>
    string? NominatedNode { get; }

    /// <summary>Why the node at an index of the view does not take the pod.</summary>
    Status StatusOf(int index);

    /// <summary>Indexes of the nodes that other pods' end may make good: those whose verdict is <see cref="StatusCode.Unschedulable"/>, in order.</summary>
    ReadOnlySpan<int> Resolvable { get; }

    /// <summary>A number below the limit, from the scheduler's generator.</summary>
    int Random(int exclusiveMax);

    /// <summary>
    /// What was remembered for the node at an index and pods of this shape and priority, if the node has not changed since and nothing but
    /// the node counts; otherwise what the function finds.
    /// </summary>
    T Recall<T>(int index, Func<NodeInfo, T> find)
        where T : class;

    /// <summary>Begins to try out a node with other pods on it. One at a time; dispose it to put things back.</summary>
    INodeTrial Try(NodeInfo node);
}

/// <summary>A node as it would be with other pods on it.</summary>
public interface INodeTrial : IDisposable
{
    void Remove(PodInfo pod);

    void Add(PodInfo pod);

    /// <summary>The filters' verdict on the pod as the node stands in the trial.</summary>
    Status Verdict();
}
