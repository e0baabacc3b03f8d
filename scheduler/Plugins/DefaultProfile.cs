using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Plugins;

/// <summary>The profile of a scheduler without configuration: "default-scheduler".</summary>
public static class DefaultProfile
{
    public const string SchedulerName = "default-scheduler";

    /// <summary>All plugins there are, in Kubernetes' order of filters.</summary>
    public static Profile Create(string schedulerName = SchedulerName) => new(
        schedulerName,
        [
            new SchedulingGates.SchedulingGates(),
            new PrioritySort.PrioritySort(),
            new NodeUnschedulable.NodeUnschedulable(),
            new NodeName.NodeName(),
            new TaintToleration.TaintToleration(),
            new NodeAffinity.NodeAffinity(),
            new NodePorts.NodePorts(),
            new NodeResourcesFit.NodeResourcesFit(),
            new VolumeRestrictions.VolumeRestrictions(),
            new NodeVolumeLimits.NodeVolumeLimits(),
            new VolumeBinding.VolumeBinding(),
            new VolumeZone.VolumeZone(),
            new PodTopologySpread.PodTopologySpread(),
            new InterPodAffinity.InterPodAffinity(),
            new DefaultPreemption.DefaultPreemption(),
            new NodeResourcesBalancedAllocation.NodeResourcesBalancedAllocation(),
            new ImageLocality.ImageLocality(),
            new DefaultBinder.DefaultBinder(),
        ]);
}
