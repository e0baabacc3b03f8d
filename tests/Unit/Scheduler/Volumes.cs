using Kube.Api.Core.V1;
using Kube.Api.Meta.V1;
using Kube.Api.Storage.V1;
using Kube.Api.Values;
using Kube.Scheduler.Cache;
using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Tests;

/// <summary>Short ways to write claims, volumes and what belongs to them.</summary>
internal static class Volumes
{
    public const string Zone = "topology.kubernetes.io/zone";

    /// <summary>A claim in the namespace default. With a volume's name it is bound to it.</summary>
    public static PersistentVolumeClaim Claim(string name, string storageClass = "late", int size = 1, string? volume = null, string mode = "ReadWriteOnce", Action<PersistentVolumeClaim>? with = null)
    {
        var claim = new PersistentVolumeClaim
        {
            Metadata = new ObjectMeta { Name = name, Namespace = "default", Uid = "claim-" + name, ResourceVersion = "1" },
            Spec = new PersistentVolumeClaimSpec
            {
                AccessModes = [mode],
                StorageClassName = storageClass,
                VolumeName = volume,
                Resources = new VolumeResourceRequirements { Requests = new() { ["storage"] = new Quantity(size) } },
            },
            Status = new PersistentVolumeClaimStatus { Phase = volume is null ? "Pending" : "Bound" },
        };
        if (volume is not null)
        {
            claim.Metadata.Annotations = new() { [VolumeRules.BindCompleted] = "yes" };
        }

        with?.Invoke(claim);
        return claim;
    }

    /// <summary>A volume, free unless it names a claim of the namespace default; reached by nodes of the zone, or by all.</summary>
    public static PersistentVolume Volume(string name, string storageClass = "late", int size = 1, string? zone = null, string? claim = null, Action<PersistentVolume>? with = null)
    {
        var volume = new PersistentVolume
        {
            Metadata = new ObjectMeta { Name = name, Uid = "volume-" + name, ResourceVersion = "1" },
            Spec = new PersistentVolumeSpec
            {
                AccessModes = ["ReadWriteOnce", "ReadWriteOncePod"],
                StorageClassName = storageClass,
                Capacity = new() { ["storage"] = new Quantity(size) },
                ClaimRef = claim is null ? null : new ObjectReference { Namespace = "default", Name = claim, Uid = "claim-" + claim },
            },
            Status = new PersistentVolumeStatus { Phase = claim is null ? "Available" : "Bound" },
        };
        if (zone is not null)
        {
            volume.Spec.NodeAffinity = new VolumeNodeAffinity
            {
                Required = new NodeSelector
                {
                    NodeSelectorTerms = [new NodeSelectorTerm { MatchExpressions = [new NodeSelectorRequirement { Key = Zone, Operator = "In", Values = [zone] }] }],
                },
            };
        }

        with?.Invoke(volume);
        return volume;
    }

    public static StorageClass Class(string name, bool waits = true, string provisioner = "kubernetes.io/no-provisioner", params string[] zones) => new()
    {
        Metadata = new ObjectMeta { Name = name },
        Provisioner = provisioner,
        VolumeBindingMode = waits ? VolumeRules.WaitForFirstConsumer : "Immediate",
        AllowedTopologies = zones.Length == 0 ? null : [new TopologySelectorTerm { MatchLabelExpressions = [new TopologySelectorLabelRequirement { Key = Zone, Values = [.. zones] }] }],
    };

    public static Node Node(string name, string? zone = null) => Build.Node(name, with: node =>
    {
        if (zone is not null)
        {
            node.Metadata.Labels![Zone] = zone;
        }
    });

    /// <summary>A pod that uses claims.</summary>
    public static Pod Pod(string name, params string[] claims) => Build.Pod(name, with: spec => spec.Volumes =
    [
        .. claims.Select(claim => new Volume { Name = claim, PersistentVolumeClaim = new PersistentVolumeClaimVolumeSource { ClaimName = claim } }),
    ]);

    /// <summary>Facts with this storage.</summary>
    public static ClusterFacts Facts(params IKubeObject[] objects)
    {
        var facts = new ClusterFacts();
        foreach (var value in objects)
        {
            Put(facts.Storage, value);
        }

        return facts;
    }

    public static ClusterEvent? Put(StorageCache storage, IKubeObject value) => value switch
    {
        PersistentVolumeClaim claim => storage.Set(claim),
        PersistentVolume volume => storage.Set(volume),
        StorageClass storageClass => storage.Set(storageClass),
        CSIDriver driver => storage.Set(driver),
        CSINode node => storage.Set(node),
        VolumeAttachment attachment => storage.Set(attachment),
        CSIStorageCapacity capacity => storage.Set(capacity),
        _ => throw new ArgumentException(value.Kind),
    };

    /// <summary>What the plugin says of the pod on a node, before or at the filter; "ok" when nothing.</summary>
    public static string Ask<T>(T plugin, Pod pod, NodeInfo node, IClusterFacts facts)
        where T : IPreFilterPlugin, IClusterPlugin
    {
        var view = new ClusterView([node], facts);
        var info = new PodInfo(pod);
        var status = plugin.PreFilter(info, view).Status;
        if (status is { IsSuccess: false, IsSkip: false } || status.IsSkip || plugin.Prepare(info, view) is not { } rule)
        {
            return status.IsSuccess || status.IsSkip ? "ok" : status.ToString();
        }

        if (rule.Counts == CountedPods.All)
        {
            foreach (var other in node.Pods)
            {
                rule.CountPod(node, other, 1);
            }
        }

        var verdict = rule.Filter(node.Index, node);
        return !rule.Filters || verdict.IsSuccess ? "ok" : verdict.ToString();
    }
}
