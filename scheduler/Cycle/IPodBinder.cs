using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Cycle;

/// <summary>The effects of scheduling decisions: what the scheduler asks of the API server.</summary>
public interface IPodBinder
{
    /// <summary>Posts the pod's Binding. Throws when the API server refuses or can't be reached; the outcome is unknown then.</summary>
    Task BindAsync(PodInfo pod, string node, CancellationToken cancellationToken);

    /// <summary>Sets the pod's PodScheduled condition to False, unless it says the same already.</summary>
    Task SetUnscheduledAsync(PodInfo pod, string reason, string message, CancellationToken cancellationToken);
}
