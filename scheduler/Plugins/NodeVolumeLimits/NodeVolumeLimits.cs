using Kube.Api.Core.V1;
using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Plugins.NodeVolumeLimits;

/// <summary>
/// A node can have so many volumes of a CSI driver attached as its CSINode says, and no more. Attached is what its pods use and what is not detached
/// yet, though the pod that used it is gone.
/// </summary>
public sealed class NodeVolumeLimits : IPreFilterPlugin, IClusterPlugin, IQueueingHints
{
    private static readonly Status Exceeded = Status.Unschedulable("node(s) exceed max volume count").By("NodeVolumeLimits");

    public string Name => "NodeVolumeLimits";

    public int Weight => 0;

    public PreFilterResult PreFilter(PodInfo pod, ClusterView view) => pod.Claims.Count == 0 ? Status.Skip : Status.Success;

    public IClusterRule? Prepare(PodInfo pod, ClusterView view) => pod.Claims.Count == 0 ? null : new LimitRule(pod, view.Facts.Storage);

    public bool MayHelp(PodInfo pod, ClusterEvent change) =>
        change.Is(ClusterChange.NodeDriversAdded | ClusterChange.NodeAdded | ClusterChange.AttachmentRemoved)
        || (change.Is(ClusterChange.PodRemoved) && change.Pod?.Claims.Count != 0)
        || (change.Is(ClusterChange.ClaimAdded) && change.Claim is { } claim && VolumeRules.Uses(pod, claim));

    /// <summary>
    /// The volumes that the pod's claims attach, by driver and handle. A claim without a volume counts as one of its own, of its class's
    /// driver; a claim that can't be found counts for nothing.
    /// </summary>
    internal static void AddVolumes(PodInfo pod, IStorage storage, HashSet<(string Driver, string Handle)> into)
    {
        foreach (var used in pod.Claims)
        {
            if (storage.Claim(pod.Key.Namespace, used.Name) is not { } claim || (used.IsEphemeral && VolumeRules.WhyNotOwned(claim, pod) is not null))
            {
                continue;
            }

            if (claim.Spec?.VolumeName is { Length: > 0 } name && storage.Volume(name) is { } volume)
            {
                if (volume.Spec?.Csi is { Driver: { Length: > 0 } driver, VolumeHandle: { Length: > 0 } handle })
                {
                    into.Add((driver, handle));
                }
            }
            else if (VolumeRules.ClassOf(claim) is { Length: > 0 } storageClass
                && storage.Class(storageClass)?.Provisioner is { Length: > 0 } provisioner)
            {
                into.Add((provisioner, $"\0{claim.Metadata.Namespace}/{claim.Metadata.Name}"));
            }
        }
    }

    /// <summary>The volumes that are attached to the node, or on their way there or from there.</summary>
    private static void AddAttached(string node, IStorage storage, HashSet<(string Driver, string Handle)> into)
    {
        foreach (var attachment in storage.AttachmentsOn(node))
        {
            if (attachment.Spec is { Attacher.Length: > 0, Source.PersistentVolumeName: { Length: > 0 } name }
                && storage.Volume(name)?.Spec?.Csi is { Driver: { Length: > 0 } driver, VolumeHandle: { Length: > 0 } handle })
            {
                into.Add((driver, handle));
            }
        }
    }

    private sealed class LimitRule : IClusterRule
    {
        private readonly IStorage _storage;
        private readonly HashSet<(string Driver, string Handle)> _wanted = [];
        private readonly Status? _missing;

        public LimitRule(PodInfo pod, IStorage storage)
        {
            _storage = storage;
            AddVolumes(pod, storage, _wanted);
            foreach (var used in pod.Claims)
            {
                if (storage.Claim(pod.Key.Namespace, used.Name) is null)
                {
                    _missing = Status.Unresolvable(
                        $"looking up PVC {pod.Key.Namespace}/{used.Name}: persistentvolumeclaim \"{used.Name}\" not found").By("NodeVolumeLimits");
                    break;
                }
            }
        }

        public CountedPods Counts => CountedPods.None;

        public bool CountsNodes => false;

        public bool Filters => _wanted.Count > 0 || _missing is not null;

        public bool Scores => false;

        public void CountNode(NodeInfo node, int sign)
        {
            // Nodes are looked at one by one.
        }

        public void CountPod(NodeInfo node, PodInfo pod, int sign)
        {
            // What counts are the pods on the node itself.
        }

        public Status Filter(int index, NodeInfo node)
        {
            if (_missing is not null)
            {
                return _missing;
            }

            var limits = (_storage.DriversOn(node.Name)?.Spec?.Drivers ?? []).Where(driver => driver.Allocatable?.Count is not null).ToList();
            if (limits.Count == 0)
            {
                return Status.Success;
            }

            var attached = new HashSet<(string Driver, string Handle)>();
            foreach (var pod in node.Pods.AsSpan())
            {
                AddVolumes(pod, _storage, attached);
            }

            AddAttached(node.Name, _storage, attached);

            foreach (var limit in limits)
            {
                var more = _wanted.Count(volume => volume.Driver == limit.Name && !attached.Contains(volume));
                if (more > 0 && attached.Count(volume => volume.Driver == limit.Name) + more > limit.Allocatable!.Count)
                {
                    return Exceeded;
                }
            }

            return Status.Success;
        }

        public void Score(ReadOnlySpan<int> feasible, Span<long> scores) => scores.Clear();
    }
}
