using FsCheck;
using FsCheck.Fluent;
using Kube.Api.Core.V1;
using Kube.Api.Meta.V1;
using Kube.Api.Storage.V1;
using Kube.Api.Values;
using Kube.Scheduler.Framework;
using Kube.Scheduler.Plugins.VolumeBinding;

namespace Kube.Scheduler.Tests;

public class VolumeBindingTests
{
    private const string NoMatch = "node(s) didn't find available persistent volumes to bind";
    private static readonly VolumeBinding Plugin = new();

    public static TheoryData<string, string, IKubeObject[]> Cases() => new()
    {
        // what is said | the pod's claims | storage; the node is in zone 1
        { "ok", "", [] },
        { "persistentvolumeclaim \"c\" not found", "c", [] },
        { "persistentvolumeclaim \"c\" is being deleted", "c", [Volumes.Claim("c", with: claim => claim.Metadata.DeletionTimestamp = DateTimeOffset.UnixEpoch)] },
        { "persistentvolumeclaim \"c\" bound to non-existent persistentvolume \"v\"", "c", [Volumes.Claim("c", volume: "v", with: claim => claim.Status!.Phase = "Lost")] },
        { "pod has unbound immediate PersistentVolumeClaims", "c", [Volumes.Claim("c", "now"), Volumes.Class("now", waits: false)] },
        { "pod has unbound immediate PersistentVolumeClaims", "c", [Volumes.Claim("c", "unknown")] },
        { "pod has unbound immediate PersistentVolumeClaims", "c", [Volumes.Claim("c", with: claim => claim.Spec!.VolumeName = "v"), Volumes.Class("late")] },
        { "ok", "c", [Volumes.Claim("c", volume: "v"), Volumes.Volume("v", zone: "1", claim: "c")] },
        { "node(s) had volume node affinity conflict", "c", [Volumes.Claim("c", volume: "v"), Volumes.Volume("v", zone: "2", claim: "c")] },
        { "node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)", "c", [Volumes.Claim("c", volume: "v")] },
        { "ok", "c", [Volumes.Claim("c"), Volumes.Class("late"), Volumes.Volume("v")] },
        { "ok", "c", [Volumes.Claim("c"), Volumes.Class("late"), Volumes.Volume("v", zone: "1")] },
        { NoMatch, "c", [Volumes.Claim("c"), Volumes.Class("late"), Volumes.Volume("v", zone: "2")] },
        { NoMatch, "c", [Volumes.Claim("c", size: 2), Volumes.Class("late"), Volumes.Volume("v")] },
        { NoMatch, "c", [Volumes.Claim("c"), Volumes.Class("late"), Volumes.Volume("v", "other")] },
        { NoMatch, "c", [Volumes.Claim("c"), Volumes.Class("late"), Volumes.Volume("v", claim: "other")] },
        { NoMatch, "c", [Volumes.Claim("c"), Volumes.Class("late"), Volumes.Volume("v", with: volume => volume.Status!.Phase = "Released")] },
        { NoMatch, "c", [Volumes.Claim("c", mode: "ReadWriteMany"), Volumes.Class("late"), Volumes.Volume("v")] },
        { NoMatch, "c", [Volumes.Claim("c"), Volumes.Class("late"), Volumes.Volume("v", with: volume => volume.Spec!.VolumeMode = "Block")] },
        { NoMatch, "c", [Volumes.Claim("c", with: claim => claim.Spec!.Selector = new LabelSelector { MatchLabels = new() { ["a"] = "b" } }), Volumes.Class("late"), Volumes.Volume("v")] },
        { "ok", "c", [Volumes.Claim("c"), Volumes.Class("late"), Volumes.Volume("v", claim: "c")] },
        { NoMatch, "c", [Volumes.Claim("c"), Volumes.Class("late"), Volumes.Volume("v", zone: "2", claim: "c"), Volumes.Volume("w")] },
        { NoMatch, "c d", [Volumes.Claim("c"), Volumes.Claim("d"), Volumes.Class("late"), Volumes.Volume("v")] },
        { "ok", "c d", [Volumes.Claim("c"), Volumes.Claim("d", size: 2), Volumes.Class("late"), Volumes.Volume("v", size: 2), Volumes.Volume("w")] },
        { "ok", "c", [Volumes.Claim("c", "made"), Volumes.Class("made", provisioner: "csi.example")] },
        { "ok", "c", [Volumes.Claim("c", "made"), Volumes.Class("made", provisioner: "csi.example", zones: "1")] },
        { NoMatch, "c", [Volumes.Claim("c", "made"), Volumes.Class("made", provisioner: "csi.example", zones: "2")] },
        { NoMatch, "c", [Chosen("c", "other"), Volumes.Class("made", provisioner: "csi.example")] },
        { "ok", "c", [Chosen("c", "n"), Volumes.Class("made", provisioner: "csi.example")] },
        { "node(s) did not have enough free storage", "c", [Volumes.Claim("c", "made"), Volumes.Class("made", provisioner: "csi.example"), Tells()] },
        { "node(s) did not have enough free storage", "c", [Volumes.Claim("c", "made", 3), Volumes.Class("made", provisioner: "csi.example"), Tells(), Room(2, "1")] },
        { "node(s) did not have enough free storage", "c", [Volumes.Claim("c", "made"), Volumes.Class("made", provisioner: "csi.example"), Tells(), Room(2, "2")] },
        { "ok", "c", [Volumes.Claim("c", "made", 2), Volumes.Class("made", provisioner: "csi.example"), Tells(), Room(2, "1")] },
        {
            "node(s) had volume node affinity conflict, " + NoMatch, "b c",
            [Volumes.Claim("b", volume: "v"), Volumes.Volume("v", zone: "2", claim: "b"), Volumes.Claim("c"), Volumes.Class("late")]
        },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_is_said_of_a_node(string said, string claims, IKubeObject[] storage) => Assert.Equal(said, Volumes.Ask(
        Plugin, Volumes.Pod("p", claims.Split(' ', StringSplitOptions.RemoveEmptyEntries)), Build.NodeInfo(Volumes.Node("n", "1")), Volumes.Facts(storage)));

    [Fact]
    public void An_ephemeral_volume_waits_for_its_claim_and_wants_it_for_itself()
    {
        var pod = Build.Pod("p", with: spec => spec.Volumes = [new Volume { Name = "tmp", Ephemeral = new EphemeralVolumeSource() }]);
        var node = Build.NodeInfo(Volumes.Node("n"));
        Assert.Equal("waiting for ephemeral volume controller to create the persistentvolumeclaim \"p-tmp\"", Volumes.Ask(Plugin, pod, node, Volumes.Facts()));
        Assert.Equal("PVC default/p-tmp was not created for pod default/p (pod is not owner)", Volumes.Ask(Plugin, pod, node, Volumes.Facts(Volumes.Claim("p-tmp"))));
        var owned = Volumes.Claim("p-tmp", volume: "v", with: claim => claim.Metadata.OwnerReferences = [new OwnerReference { Kind = "Pod", Name = "p", Uid = "uid-p", Controller = true }]);
        Assert.Equal("ok", Volumes.Ask(Plugin, pod, node, Volumes.Facts(owned, Volumes.Volume("v", claim: "p-tmp"))));
    }

    [Fact]
    public void What_is_reserved_is_taken_until_it_is_released_or_the_informer_knows_better()
    {
        var facts = Volumes.Facts(Volumes.Claim("c"), Volumes.Claim("d"), Volumes.Class("late"), Volumes.Volume("v"));
        var node = Build.NodeInfo(Volumes.Node("n"));
        var first = new PodInfo(Volumes.Pod("p", "c"));
        Assert.True(Plugin.Reserve(first, node, facts).IsSuccess);
        Assert.Equal("c", facts.Storage.Volume("v")!.Spec!.ClaimRef!.Name);
        Assert.Null(facts.Storage.ActualVolume("v")!.Spec!.ClaimRef);
        Assert.Equal(NoMatch, Volumes.Ask(Plugin, Volumes.Pod("q", "d"), node, facts));
        Plugin.Unreserve(first, "n", facts);
        Assert.Equal("ok", Volumes.Ask(Plugin, Volumes.Pod("q", "d"), node, facts));

        Assert.True(Plugin.Reserve(first, node, facts).IsSuccess);
        facts.Storage.Set(Volumes.Volume("v", claim: "d"));
        Assert.Equal("ok", Volumes.Ask(Plugin, Volumes.Pod("q", "d"), node, facts));
    }

    [Fact]
    public void Two_pods_with_one_claim_go_to_one_node()
    {
        var facts = Volumes.Facts(Volumes.Claim("c", "made"), Volumes.Class("made", provisioner: "csi.example"));
        Assert.True(Plugin.Reserve(new PodInfo(Volumes.Pod("p", "c")), Build.NodeInfo(Volumes.Node("n")), facts).IsSuccess);
        Assert.Equal(NoMatch, Volumes.Ask(Plugin, Volumes.Pod("q", "c"), Build.NodeInfo(Volumes.Node("m")), facts));
        Assert.Equal("ok", Volumes.Ask(Plugin, Volumes.Pod("q", "c"), Build.NodeInfo(Volumes.Node("n")), facts));
        var second = new PodInfo(Volumes.Pod("q", "c"));
        Assert.True(Plugin.Reserve(second, Build.NodeInfo(Volumes.Node("n")), facts).IsSuccess);
        Plugin.Unreserve(second, "n", facts);
        Assert.Equal(NoMatch, Volumes.Ask(Plugin, Volumes.Pod("q", "c"), Build.NodeInfo(Volumes.Node("m")), facts));
    }

    [Theory]
    [InlineData("c", true)]
    [InlineData("d", false)]
    public void Only_the_pods_own_claims_wake_it(string changed, bool wakes)
    {
        var change = Volumes.Put(Volumes.Facts().Storage, Volumes.Claim(changed))!;
        Assert.Equal(wakes, Plugin.MayHelp(new PodInfo(Volumes.Pod("p", "c")), change));
    }

    /// <summary>
    /// Against a dumb twin: with volumes of random size, zone and state, each claim gets the smallest that is free and in reach, the
    /// smallest claim first; and no volume is given away twice.
    /// </summary>
    [Fact]
    public void Claims_get_what_a_plain_reading_of_the_rules_gives_them()
    {
        var volumes = Gen.ListOf(from size in Gen.Choose(1, 5)
                                 from zone in Gen.Elements(null, "1", "2")
                                 from free in Gen.Elements(true, true, true, false)
                                 select (Size: size, Zone: zone, Free: free));
        var cases = from there in volumes
                    from wants in Gen.ListOf(Gen.Choose(1, 5))
                    select (There: there.ToArray(), Wants: wants.Take(4).ToArray());
        Prop.ForAll(cases.ToArbitrary(), world =>
        {
            var objects = world.There.Select((volume, i) => (IKubeObject)Volumes.Volume($"v{i:D3}", size: volume.Size, zone: volume.Zone, claim: volume.Free ? null : "other")).ToList();
            objects.Add(Volumes.Class("late"));
            objects.AddRange(world.Wants.Select((size, i) => Volumes.Claim($"c{i}", size: size)));
            var facts = Volumes.Facts([.. objects]);
            var pod = Volumes.Pod("p", [.. world.Wants.Select((_, i) => $"c{i}")]);
            var node = Build.NodeInfo(Volumes.Node("n", "1"));

            var left = world.There.Select((volume, i) => (volume.Size, volume.Zone, volume.Free, Name: $"v{i:D3}")).Where(volume => volume.Free && volume.Zone != "2").ToList();
            var expected = new SortedDictionary<string, string>();
            foreach (var (size, i) in world.Wants.Select((size, i) => (size, i)).OrderBy(want => want.size))
            {
                var best = left.Where(volume => volume.Size >= size).OrderBy(volume => volume.Size).ThenBy(volume => volume.Name).FirstOrDefault();
                if (best.Name is null)
                {
                    return Volumes.Ask(Plugin, pod, node, facts) == NoMatch;
                }

                left.Remove(best);
                expected[$"c{i}"] = best.Name;
            }

            var info = new PodInfo(pod);
            if (Volumes.Ask(Plugin, pod, node, facts) != "ok" || !Plugin.Reserve(info, node, facts).IsSuccess)
            {
                return false;
            }

            var got = (facts.Storage.PlanOf(info.Uid)?.Static ?? []).ToDictionary(pair => pair.Claim.Metadata.Name!, pair => pair.Volume.Metadata.Name!);
            return got.OrderBy(pair => pair.Key).SequenceEqual(expected);
        }).QuickCheckThrowOnFailure();
    }

    private static PersistentVolumeClaim Chosen(string name, string node) =>
        Volumes.Claim(name, "made", with: claim => claim.Metadata.Annotations = new() { [VolumeRules.SelectedNode] = node });

    private static CSIDriver Tells() => new() { Metadata = new ObjectMeta { Name = "csi.example" }, Spec = new CSIDriverSpec { StorageCapacity = true } };

    private static CSIStorageCapacity Room(int size, string zone) => new()
    {
        Metadata = new ObjectMeta { Name = "room", Namespace = "kube-system" },
        StorageClassName = "made",
        Capacity = new Quantity(size),
        NodeTopology = new LabelSelector { MatchLabels = new() { [Volumes.Zone] = zone } },
    };
}
