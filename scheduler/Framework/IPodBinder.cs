using Kube.Api.Core.V1;

namespace Kube.Scheduler.Framework;

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

    /// <summary>Binds a volume to a claim from the volume's side, unless either has changed; the volume controller does the rest. Returns the volume as it is now.</summary>
    Task<PersistentVolume> BindVolumeAsync(PersistentVolume volume, PersistentVolumeClaim claim, CancellationToken cancellationToken);

    /// <summary>Asks for a volume that the node can reach, unless the claim has changed. Returns the claim as it is now.</summary>
    Task<PersistentVolumeClaim> SelectNodeAsync(PersistentVolumeClaim claim, string node, CancellationToken cancellationToken);
}
