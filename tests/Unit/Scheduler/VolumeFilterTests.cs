using FsCheck;
using FsCheck.Fluent;
using Kube.Api.Core.V1;
using Kube.Api.Meta.V1;
using Kube.Api.Storage.V1;
using Kube.Scheduler.Framework;
using Kube.Scheduler.Plugins.NodeVolumeLimits;
using Kube.Scheduler.Plugins.VolumeRestrictions;
using Kube.Scheduler.Plugins.VolumeZone;

namespace Kube.Scheduler.Tests;

/// <summary>The plugins that look at volumes but bind none.</summary>
public class VolumeFilterTests
{
    private const string Beta = "failure-domain.beta.kubernetes.io/zone";
    private const string NoZone = "node(s) had no available volume zone";
    private const string Full = "node(s) exceed max volume count";
    private const string InUse = "node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode";

    [Theory]
    [InlineData("", "", "ok")]
    [InlineData("z=1", "", "ok")]
    [InlineData("z=1", "z=1", "ok")]
    [InlineData("z=1__2", "z=2", "ok")]
    [InlineData("z=1", "z=2", NoZone)]
    [InlineData("z=1", "r=1", NoZone)]
    [InlineData("b=1", "z=1", "ok")]
    [InlineData("b=1", "z=2", NoZone)]
    [InlineData("z=1,r=1", "z=1,r=2", NoZone)]
    [InlineData("z=1__", "z=2", "ok")]
    public void A_volume_wants_its_zone(string volume, string node, string said)
    {
        var facts = Volumes.Facts(
            Volumes.Claim("c", volume: "v"), Volumes.Volume("v", claim: "c", with: found => found.Metadata.Labels = Labels(volume)));
        var info = Build.NodeInfo(Build.Node("n", with: made => made.Metadata.Labels = Labels(node)));
        Assert.Equal(said, Volumes.Ask(new VolumeZone(), Volumes.Pod("p", "c"), info, facts));
    }

    [Fact]
    public void Zones_need_a_volume_to_look_at()
    {
        var node = Build.NodeInfo(Volumes.Node("n", "1"));
        string Ask(params IKubeObject[] storage) => Volumes.Ask(new VolumeZone(), Volumes.Pod("p", "c"), node, Volumes.Facts(storage));
        Assert.Equal("persistentvolumeclaim \"c\" not found", Ask());
        Assert.Equal("persistentvolume \"v\" not found", Ask(Volumes.Claim("c", volume: "v")));
        Assert.Equal("PersistentVolumeClaim had no pv name and storageClass name", Ask(Volumes.Claim("c", "")));
        Assert.Equal("storageclass.storage.k8s.io \"late\" not found", Ask(Volumes.Claim("c")));
        Assert.Equal("PersistentVolume had no name", Ask(Volumes.Claim("c"), Volumes.Class("late", waits: false)));
        Assert.Equal("ok", Ask(Volumes.Claim("c"), Volumes.Class("late")));
    }

    [Theory]
    [InlineData(2, "", 0, "ok")]
    [InlineData(1, "a", 0, "ok")]
    [InlineData(1, "a b", 0, Full)]
    [InlineData(1, "a", 1, Full)]
    [InlineData(2, "a", 1, "ok")]
    [InlineData(0, "a", 0, Full)]
    [InlineData(0, "other", 0, "ok")]
    [InlineData(-1, "a b", 5, "ok")]
    public void A_node_has_room_for_so_many_volumes(int limit, string wants, int there, string said)
    {
        var objects = new List<IKubeObject>();
        foreach (var name in wants.Split(' ', StringSplitOptions.RemoveEmptyEntries).Concat(Enumerable.Range(0, there).Select(i => $"there{i}")))
        {
            objects.Add(Volumes.Claim(name, volume: "v-" + name));
            objects.Add(Csi("v-" + name, name == "other" ? "other.example" : "csi.example"));
        }

        objects.Add(Drivers("n", limit < 0 ? null : limit));
        var node = Build.NodeInfo(Build.Node("n"), [.. Enumerable.Range(0, there).Select(i => new PodInfo(Volumes.Pod($"there{i}", $"there{i}")))]);
        Assert.Equal(said, Volumes.Ask(new NodeVolumeLimits(), Volumes.Pod("p", wants.Split(' ', StringSplitOptions.RemoveEmptyEntries)), node, Volumes.Facts([.. objects])));
    }

    [Fact]
    public void A_volume_that_is_there_already_takes_no_more_room()
    {
        var facts = Volumes.Facts(Volumes.Claim("c", volume: "v"), Csi("v", "csi.example"), Drivers("n", 1));
        var node = Build.NodeInfo(Build.Node("n"), new PodInfo(Volumes.Pod("there", "c")));
        Assert.Equal("ok", Volumes.Ask(new NodeVolumeLimits(), Volumes.Pod("p", "c"), node, facts));
    }

    [Fact]
    public void A_claim_without_a_volume_counts_as_one_of_its_class()
    {
        var facts = Volumes.Facts(Volumes.Claim("c", "made"), Volumes.Claim("d", "made"), Volumes.Class("made", provisioner: "csi.example"), Drivers("n", 1));
        var node = Build.NodeInfo(Build.Node("n"), new PodInfo(Volumes.Pod("there", "c")));
        Assert.Equal(Full, Volumes.Ask(new NodeVolumeLimits(), Volumes.Pod("p", "d"), node, facts));
        Assert.Equal("looking up PVC default/e: persistentvolumeclaim \"e\" not found", Volumes.Ask(new NodeVolumeLimits(), Volumes.Pod("p", "e"), node, facts));
    }

    /// <summary>Volume v1 of csi.example is attached, and so is one that is no CSI volume; the limit is one.</summary>
    [Theory]
    [InlineData("n", "", "c2", Full)] // its pod is gone, but it is not detached yet
    [InlineData("n", "", "c1", "ok")] // the very volume that is attached
    [InlineData("n", "c1", "c2", Full)] // counted once, whether by pod or by attachment
    [InlineData("n", "c1", "c1", "ok")]
    [InlineData("other", "", "c2", "ok")]
    public void A_volume_takes_room_until_it_is_detached(string attachedTo, string there, string wants, string said)
    {
        var facts = Volumes.Facts(
            Volumes.Claim("c1", volume: "v1"), Csi("v1", "csi.example"), Volumes.Claim("c2", volume: "v2"), Csi("v2", "csi.example"), Volumes.Volume("plain"), Drivers("n", 1),
            Attachment("a1", attachedTo, "v1"), Attachment("a2", "n", "plain"), Attachment("a3", "n", "gone"));
        var node = Build.NodeInfo(Build.Node("n"), there.Length == 0 ? [] : [new PodInfo(Volumes.Pod("there", there))]);
        Assert.Equal(said, Volumes.Ask(new NodeVolumeLimits(), Volumes.Pod("p", wants), node, facts));

        var detached = facts.Storage.Remove(Attachment("a1", attachedTo, "v1"));
        Assert.True(new NodeVolumeLimits().MayHelp(new PodInfo(Volumes.Pod("p", wants)), detached));
        Assert.Equal(there.Length > 0 ? said : "ok", Volumes.Ask(new NodeVolumeLimits(), Volumes.Pod("p", wants), node, facts));
    }

    /// <summary>Against a dumb twin that counts distinct handles with sets over the whole node.</summary>
    [Fact]
    public void Volumes_are_counted_as_a_plain_reading_does()
    {
        var cases = from there in Gen.ListOf(Gen.Choose(0, 6))
                    from wants in Gen.NonEmptyListOf(Gen.Choose(0, 6))
                    from limit in Gen.Choose(0, 6)
                    select (There: there.ToArray(), Wants: wants.Distinct().ToArray(), Limit: limit);
        Prop.ForAll(cases.ToArbitrary(), world =>
        {
            // Even handles are of one driver, odd ones of another that has no limit.
            var objects = Enumerable.Range(0, 7).SelectMany(i => new IKubeObject[] { Volumes.Claim($"c{i}", volume: $"v{i}"), Csi($"v{i}", i % 2 == 0 ? "csi.example" : "odd.example") })
                .Append(Drivers("n", world.Limit)).ToArray();
            var node = Build.NodeInfo(Build.Node("n"), [.. world.There.Select((claim, i) => new PodInfo(Volumes.Pod($"there{i}", $"c{claim}")))]);
            var before = world.There.Where(i => i % 2 == 0).ToHashSet();
            var after = before.Union(world.Wants.Where(i => i % 2 == 0)).ToHashSet();
            var expected = after.Count > before.Count && after.Count > world.Limit ? Full : "ok";
            return Volumes.Ask(new NodeVolumeLimits(), Volumes.Pod("p", [.. world.Wants.Select(i => $"c{i}")]), node, Volumes.Facts(objects)) == expected;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_claim_for_one_pod_is_for_one_pod()
    {
        var facts = Volumes.Facts(Volumes.Claim("c", mode: "ReadWriteOncePod"), Volumes.Claim("d"));
        var node = Build.NodeInfo(Build.Node("n"), new PodInfo(Volumes.Pod("there", "c", "d")));
        Assert.Equal(InUse, Volumes.Ask(new VolumeRestrictions(), Volumes.Pod("p", "c"), node, facts));
        Assert.Equal("ok", Volumes.Ask(new VolumeRestrictions(), Volumes.Pod("p", "d"), node, facts));
        Assert.Equal("ok", Volumes.Ask(new VolumeRestrictions(), Volumes.Pod("p", "c"), Build.NodeInfo(Build.Node("m")), facts));
        Assert.Equal("persistentvolumeclaim \"e\" not found", Volumes.Ask(new VolumeRestrictions(), Volumes.Pod("p", "e"), node, facts));
    }

    [Theory]
    [InlineData("gce a", "gce a", false)]
    [InlineData("gce a r", "gce a r", true)]
    [InlineData("gce a r", "gce a", false)]
    [InlineData("gce a", "gce b", true)]
    [InlineData("aws a r", "aws a r", false)]
    [InlineData("iscsi a r", "iscsi a r", true)]
    [InlineData("iscsi a", "iscsi a r", false)]
    [InlineData("rbd a", "rbd a", false)]
    [InlineData("rbd a r", "rbd a r", true)]
    [InlineData("rbd a", "rbd b", true)]
    [InlineData("gce a", "aws a", true)]
    public void Some_disks_are_not_mounted_twice(string left, string right, bool fits)
    {
        Pod With(string name, string text) => Build.Pod(name, with: spec => spec.Volumes = [Disk(text.Split(' '))]);
        var node = Build.NodeInfo(Build.Node("n"), new PodInfo(With("there", left)));
        Assert.Equal(fits ? "ok" : "node(s) had no available disk", Volumes.Ask(new VolumeRestrictions(), With("p", right), node, Volumes.Facts()));
    }

    private static Volume Disk(string[] parts)
    {
        var readOnly = parts.Length > 2;
        return parts[0] switch
        {
            "gce" => new Volume { GcePersistentDisk = new GCEPersistentDiskVolumeSource { PdName = parts[1], ReadOnly = readOnly } },
            "aws" => new Volume { AwsElasticBlockStore = new AWSElasticBlockStoreVolumeSource { VolumeID = parts[1], ReadOnly = readOnly } },
            "iscsi" => new Volume { Iscsi = new ISCSIVolumeSource { Iqn = parts[1], ReadOnly = readOnly } },
            _ => new Volume { Rbd = new RBDVolumeSource { Monitors = ["m", parts[1]], Pool = "rbd", Image = parts[1], ReadOnly = readOnly } },
        };
    }

    private static Dictionary<string, string> Labels(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries).ToDictionary(
        pair => pair[..1] switch { "z" => Volumes.Zone, "b" => Beta, _ => "topology.kubernetes.io/region" }, pair => pair[2..]);

    private static PersistentVolume Csi(string name, string driver) =>
        Volumes.Volume(name, claim: "any", with: volume => volume.Spec!.Csi = new CSIPersistentVolumeSource { Driver = driver, VolumeHandle = name });

    private static VolumeAttachment Attachment(string name, string node, string volume) => new()
    {
        Metadata = new ObjectMeta { Name = name },
        Spec = new VolumeAttachmentSpec { Attacher = "csi.example", NodeName = node, Source = new VolumeAttachmentSource { PersistentVolumeName = volume } },
    };

    private static CSINode Drivers(string node, int? limit) => new()
    {
        Metadata = new ObjectMeta { Name = node },
        Spec = new CSINodeSpec { Drivers = [new CSINodeDriver { Name = "csi.example", NodeID = node, Allocatable = new VolumeNodeResources { Count = limit } }] },
    };
}
