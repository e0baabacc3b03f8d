using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Plugins.SchedulingGates;

/// <summary>Keeps a pod out of the queue while it has scheduling gates (KEP-3521).</summary>
public sealed class SchedulingGates : IPreEnqueuePlugin
{
    public string Name => "SchedulingGates";

    public Status PreEnqueue(PodInfo pod) => pod.Spec.SchedulingGates is { Count: > 0 } gates
        ? Status.Unresolvable($"waiting for scheduling gates: [{string.Join(' ', gates.Select(gate => gate.Name))}]").By(Name)
        : Status.Success;
}
