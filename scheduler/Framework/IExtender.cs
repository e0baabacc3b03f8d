namespace Kube.Scheduler.Framework;

/// <summary>
/// A service outside of the scheduler that has a say on pods and nodes (<c>extenders</c> of KubeSchedulerConfiguration).
/// Thread-safe. Every call may throw <see cref="ExtenderException"/>.
/// </summary>
public interface IExtender
{
    /// <summary>What messages call it.</summary>
    string Name { get; }

    /// <summary>Pods are scheduled without it when it fails.</summary>
    bool IsIgnorable { get; }

    /// <summary>It is asked which nodes can take a pod.</summary>
    bool Filters { get; }

    /// <summary>How much its scores count; 0 when it is not asked for any.</summary>
    long Weight { get; }

    /// <summary>It is asked which pods may be ended for another.</summary>
    bool Preempts { get; }

    /// <summary>It binds the pods that it is interested in.</summary>
    bool Binds { get; }

    /// <summary>False for pods that it is not asked about at all.</summary>
    bool IsInterestedIn(PodInfo pod);

    /// <summary>Which of the nodes can take the pod.</summary>
    Task<ExtenderVerdicts> FilterAsync(PodInfo pod, IReadOnlyList<NodeInfo> nodes, CancellationToken cancellationToken);

    /// <summary>How well the pod would do on nodes, by name: 0 to 10, larger is better. Nodes may be left out.</summary>
    Task<IReadOnlyDictionary<string, long>> ScoreAsync(PodInfo pod, IReadOnlyList<NodeInfo> nodes, CancellationToken cancellationToken);

    /// <summary>The candidates that are left, each with the pods to end there; both may be others than those given.</summary>
    Task<IReadOnlyList<PreemptionCandidate>> PreemptAsync(PodInfo pod, IReadOnlyList<PreemptionCandidate> candidates, CancellationToken cancellationToken);

    /// <summary>Binds the pod to the node.</summary>
    Task BindAsync(PodInfo pod, string node, CancellationToken cancellationToken);
}

/// <summary>What an extender says of nodes.</summary>
/// <param name="Kept">Names of the nodes that can take the pod.</param>
/// <param name="Failed">Why nodes can't, by name.</param>
/// <param name="Unresolvable">Why nodes can't whatever pods leave them. Goes before <paramref name="Failed"/>.</param>
public sealed record ExtenderVerdicts(
    IReadOnlySet<string> Kept, IReadOnlyDictionary<string, string> Failed, IReadOnlyDictionary<string, string> Unresolvable)
{
    private const string Extender = "Extender";

    /// <summary>The verdict on a node that is not kept.</summary>
    public Status Of(string node) =>
        (Unresolvable.TryGetValue(node, out var final) ? Status.Unresolvable(final)
            : Failed.TryGetValue(node, out var reason) ? Status.Unschedulable(reason)
            : Status.Unresolvable()).By(Extender);
}

/// <summary>An extender could not be reached, did not answer in time, said that it failed, or what it answered makes no sense.</summary>
public sealed class ExtenderException(string message, Exception? inner = null) : Exception(message, inner);
