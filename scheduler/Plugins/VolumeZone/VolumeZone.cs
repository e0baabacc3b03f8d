using Kube.Api.Core.V1;
using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Plugins.VolumeZone;

/// <summary>
/// A bound volume with a zone or region in its labels needs a node there. A node that says nothing of zones takes any.
/// </summary>
public sealed class VolumeZone : IPreFilterPlugin, IClusterPlugin, IQueueingHints
{
    private const string Zone = "topology.kubernetes.io/zone";
    private const string Region = "topology.kubernetes.io/region";
    private const string BetaZone = "failure-domain.beta.kubernetes.io/zone";
    private const string BetaRegion = "failure-domain.beta.kubernetes.io/region";
    private static readonly string[] Keys = [BetaZone, BetaRegion, Zone, Region];
    private static readonly Status Conflict = Status.Unresolvable("node(s) had no available volume zone").By("VolumeZone");

    public string Name => "VolumeZone";

    public int Weight => 0;

    public PreFilterResult PreFilter(PodInfo pod, ClusterView view)
    {
        if (pod.Claims.Count == 0)
        {
            return Status.Skip;
        }

        var (topologies, status) = Read(pod, view.Facts.Storage);
        return !status.IsSuccess ? status : topologies.Count == 0 ? Status.Skip : Status.Success;
    }

    public IClusterRule? Prepare(PodInfo pod, ClusterView view) =>
        pod.Claims.Count > 0 && Read(pod, view.Facts.Storage).Topologies is { Count: > 0 } topologies ? new ZoneRule(topologies) : null;

    public bool MayHelp(PodInfo pod, ClusterEvent change) =>
        change.Is(ClusterChange.NodeAdded | ClusterChange.NodeLabels | ClusterChange.VolumeAdded | ClusterChange.VolumeTopology)
        || (change.Is(ClusterChange.ClassAdded) && change.Class?.VolumeBindingMode == VolumeRules.WaitForFirstConsumer)
        || (change.Claim is { } claim && VolumeRules.Uses(pod, claim));

    /// <summary>What the labels of a volume ask of a node: for each key the values that do. A value may be a set, joined by "__".</summary>
    public static IReadOnlyList<(string Key, IReadOnlySet<string> Values)> TopologyOf(PersistentVolume volume)
    {
        var topology = new List<(string Key, IReadOnlySet<string> Values)>();
        foreach (var key in Keys)
        {
            if (volume.Metadata.Labels?.TryGetValue(key, out var text) == true)
            {
                var values = text.Split("__").Select(value => value.Trim()).ToHashSet(StringComparer.Ordinal);
                if (!values.Contains(string.Empty))
                {
                    topology.Add((key, values));
                }
            }
        }

        return topology;
    }

    /// <summary>True when the node is where the volume's labels want it.</summary>
    internal static bool Fits(Node node, IReadOnlyList<(string Key, IReadOnlySet<string> Values)> topologies)
    {
        var labels = node.Metadata.Labels;
        if (labels is null || !Keys.Any(labels.ContainsKey))
        {
            return true;
        }

        foreach (var (key, values) in topologies)
        {
            if (!(labels.TryGetValue(key, out var value) || labels.TryGetValue(Newer(key), out value)) || !values.Contains(value))
            {
                return false;
            }
        }

        return true;
    }

    private static string Newer(string key) => key switch
    {
        BetaZone => Zone,
        BetaRegion => Region,
        _ => key,
    };

    private static (List<(string Key, IReadOnlySet<string> Values)> Topologies, Status Status) Read(PodInfo pod, IStorage storage)
    {
        var topologies = new List<(string Key, IReadOnlySet<string> Values)>();
        foreach (var used in pod.Claims)
        {
            if (used.IsEphemeral)
            {
                continue;
            }

            if (used.Name.Length == 0)
            {
                return ([], Status.Unresolvable("PersistentVolumeClaim had no name"));
            }

            if (storage.Claim(pod.Key.Namespace, used.Name) is not { } claim)
            {
                return ([], Status.Unresolvable($"persistentvolumeclaim \"{used.Name}\" not found"));
            }

            if (claim.Spec?.VolumeName is { Length: > 0 } name)
            {
                if (storage.Volume(name) is not { } volume)
                {
                    return ([], Status.Unresolvable($"persistentvolume \"{name}\" not found"));
                }

                topologies.AddRange(TopologyOf(volume));
            }
            else if (WhyNotYet(claim, storage) is { } why)
            {
                return ([], Status.Unresolvable(why));
            }
        }

        return (topologies, Status.Success);
    }

    /// <summary>Why a claim without a volume can't be looked at; null when its volume comes with the node.</summary>
    private static string? WhyNotYet(PersistentVolumeClaim claim, IStorage storage)
    {
        var name = VolumeRules.ClassOf(claim);
        if (name.Length == 0)
        {
            return "PersistentVolumeClaim had no pv name and storageClass name";
        }

        return storage.Class(name) switch
        {
            null => $"storageclass.storage.k8s.io \"{name}\" not found",
            { VolumeBindingMode: null } => $"VolumeBindingMode not set for StorageClass \"{name}\"",
            { VolumeBindingMode: VolumeRules.WaitForFirstConsumer } => null,
            _ => "PersistentVolume had no name",
        };
    }

    private sealed class ZoneRule(IReadOnlyList<(string Key, IReadOnlySet<string> Values)> topologies) : IClusterRule
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

        public Status Filter(int index, NodeInfo node) => Fits(node.Node!, topologies) ? Status.Success : Conflict;

        public void Score(ReadOnlySpan<int> feasible, Span<long> scores) => scores.Clear();
    }
}
