using FsCheck;
using FsCheck.Fluent;
using Kube.Api.Core.V1;
using Kube.Api.Discovery.V1;
using Kube.Api.Values;
using Kube.Controllers.ServiceEndpoints;

namespace Kube.Controllers.Tests;

public sealed class ServiceEndpointsTests
{
    [Fact]
    public void Endpoints_tell_ready_pods_from_the_others_and_leave_out_those_that_end()
    {
        Pod[] pods = [Make.Pod("a2"), Make.Pod("b1", isReady: false), Make.Pod("c3", "Succeeded"), Make.Pod("d4"), Make.Pod("e5")];
        pods[3].Metadata.DeletionTimestamp = new Time(Make.Now);
        pods[4].Status!.PodIP = null;
        var subset = Assert.Single(EndpointsOf.Subsets(Service(), pods)!);
        Assert.Equal(["10.0.0.3"], subset.Addresses!.Select(static address => address.Ip));
        Assert.Equal(["10.0.0.2"], subset.NotReadyAddresses!.Select(static address => address.Ip));
        Assert.Equal(("web", 8080, "TCP"), (subset.Ports![0].Name, subset.Ports[0].Port, subset.Ports[0].Protocol));
        Assert.Equal(("Pod", "a2", "n"), (subset.Addresses![0].TargetRef!.Kind, subset.Addresses[0].TargetRef!.Name, subset.Addresses[0].NodeName));
        Assert.Null(EndpointsOf.Subsets(Service(), []));
    }

    [Fact]
    public void A_port_name_that_a_pod_lacks_leaves_the_pod_out()
    {
        var pod = Make.Pod("a1");
        pod.Spec!.Containers![0].Ports![0].Name = "other";
        Assert.Null(EndpointsOf.Subsets(Service(), [pod]));
        Assert.NotNull(EndpointsOf.Subsets(Service(target: 99), [pod]));
    }

    [Fact]
    public void Pods_with_different_port_numbers_are_in_different_subsets()
    {
        var other = Make.Pod("b2");
        other.Spec!.Containers![0].Ports![0].ContainerPortValue = 9090;
        Assert.Equal([8080, 9090], EndpointsOf.Subsets(Service(), [Make.Pod("a1"), other])!.Select(static subset => subset.Ports![0].Port));
    }

    [Fact]
    public void Slices_keep_what_stays_and_fill_up_before_new_ones_are_made()
    {
        var first = SlicePlan.Make(Service(), Pods(0, 150), static _ => null, []);
        Assert.Equal([100, 50], first.Create.Select(static slice => slice.Endpoints!.Count));
        Assert.All(first.Create, static slice => Assert.Equal("svc", slice.Metadata.Labels![ServicePods.ServiceNameLabel]));
        var present = Store(first);

        var none = SlicePlan.Make(Service(), Pods(0, 150), static _ => null, present);
        Assert.Empty(none.Create.Concat(none.Update).Concat(none.Delete));

        var more = SlicePlan.Make(Service(), Pods(0, 180), static _ => null, present);
        Assert.Empty(more.Create);
        Assert.Equal(80, Assert.Single(more.Update).Endpoints!.Count);

        var fewer = SlicePlan.Make(Service(), Pods(0, 40), static _ => null, present);
        Assert.Empty(fewer.Create);
        Assert.Equal(40, fewer.Update.Sum(static slice => slice.Endpoints!.Count));

        var empty = SlicePlan.Make(Service(), [], static _ => null, []);
        Assert.Empty(Assert.Single(empty.Create).Endpoints!);
        var kept = SlicePlan.Make(Service(), [], static _ => null, Store(empty));
        Assert.Empty(kept.Create.Concat(kept.Update).Concat(kept.Delete));
    }

    [Fact]
    public void Any_change_leads_to_slices_that_hold_each_pod_once()
    {
        Prop.ForAll(Gen.Choose(0, 30).Select(static n => n * 11).ListOf().ToArbitrary(), static counts =>
        {
            var present = new List<EndpointSlice>();
            foreach (var count in counts)
            {
                var changes = SlicePlan.Make(Service(), Pods(count / 3, count), static _ => null, present);
                present = [.. present.Where(slice => !changes.Delete.Contains(slice) && !changes.Update.Exists(updated => updated.Metadata.Name == slice.Metadata.Name)), .. changes.Update, .. Store(changes)];
                var names = present.SelectMany(static slice => slice.Endpoints!).Select(static endpoint => endpoint.TargetRef!.Name).ToList();
                Assert.Equal(Pods(count / 3, count).Select(static pod => pod.Metadata.Name).Order(StringComparer.Ordinal), names.Order(StringComparer.Ordinal));
                Assert.All(present, static slice => Assert.True(slice.Endpoints!.Count <= SlicePlan.MaxEndpoints));
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(30).WithEndSize(8));
    }

    [Fact]
    public void A_terminating_pod_is_shown_as_such_and_is_not_ready()
    {
        var pod = Make.Pod("a1");
        pod.Metadata.DeletionTimestamp = new Time(Make.Now);
        var node = new Node { Metadata = { Name = "n", Labels = new() { ["topology.kubernetes.io/zone"] = "z" } } };
        var endpoint = SlicePlan.Make(Service(), [pod], _ => node, []).Create.Single().Endpoints!.Single();
        Assert.Equal((false, true, true, "z"), (endpoint.Conditions!.Ready, endpoint.Conditions.Serving, endpoint.Conditions.Terminating, endpoint.Zone));
    }

    private static IEnumerable<Pod> Pods(int from, int to) => Enumerable.Range(from, to - from).Select(static i =>
    {
        var pod = Make.Pod("p" + i);
        pod.Status!.PodIP = $"10.1.{i / 250}.{i % 250}";
        return pod;
    });

    private static List<EndpointSlice> Store(SliceChanges changes)
    {
        foreach (var slice in changes.Create)
        {
            slice.Metadata.Name ??= "svc-" + Guid.NewGuid();
        }

        return changes.Create;
    }

    private static Service Service(IntOrString? target = null) => new()
    {
        Metadata = { Name = "svc", Namespace = "ns", Uid = "s" },
        Spec = new ServiceSpec { Selector = new() { ["app"] = "a" }, Ports = [new ServicePort { Name = "web", Port = 80, Protocol = "TCP", TargetPort = target ?? "http" }] },
    };
}
