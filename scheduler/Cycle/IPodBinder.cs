using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Cycle;

/// <summary>The effects of scheduling decisions: what the scheduler asks of the API server.</summary>
public interface IPodBinder
{
    /// <summary>Posts the pod's Binding. Throws when the API server refuses or can't be reached; the outcome is unknown then.</summary>
    Task BindAsync(PodInfo pod, string node, CancellationToken cancellationToken);

    /// <summary>
    /// Sets the pod's PodScheduled condition to False, unless it says the same already, and its nominatedNodeName unless
    /// <paramref name="nominatedNode"/> is null; empty clears it.
    /// </summary>
    Task SetUnscheduledAsync(PodInfo pod, string reason, string message, string? nominatedNode, CancellationToken cancellationToken);

    /// <summary>Takes back the pod's nominatedNodeName.</summary>
    Task ClearNominationAsync(PodInfo pod, CancellationToken cancellationToken);

    /// <summary>
    /// Marks a pod as ended to make room (condition DisruptionTarget) and deletes it, gracefully. A pod that is gone already is no error.
    /// </summary>
    Task PreemptAsync(PodInfo victim, PodInfo preemptor, CancellationToken cancellationToken);
}
