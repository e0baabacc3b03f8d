using FsCheck;
using FsCheck.Fluent;
using Kube.Api.Core.V1;
using Kube.Api.Values;
using Kube.Kubelet.Disks;
using Kube.Kubelet.Eviction;
using Kube.Kubelet.PodWorkers;
using Kube.Kubelet.Tests.Fakes;

namespace Kube.Kubelet.Tests.Eviction;

public class EvictionOrderTests
{
    [Fact]
    public void Under_memory_pressure_those_above_their_request_go_first_then_the_less_important_then_the_largest()
    {
        PodUsage[] pods =
        [
            New("within", memory: 50, request: 100),
            New("within-unimportant", memory: 10, request: 100, priority: -1),
            New("above", memory: 150, request: 100),
            New("far-above", memory: 300, request: 100),
            New("above-important", memory: 900, request: 100, priority: 10),
            New("unknown", known: false, priority: 100),
        ];

        Assert.Equal(
            ["unknown", "far-above", "above", "above-important", "within-unimportant", "within"],
            Names(EvictionOrder.Rank(pods, EvictionSignal.MemoryAvailable, imagesApart: false)));
    }

    [Fact]
    public void Under_process_pressure_the_less_important_go_first_then_those_with_most_processes() => Assert.Equal(
        ["unimportant", "many", "few"],
        Names(EvictionOrder.Rank([New("few", processes: 2), New("many", processes: 90), New("unimportant", processes: 1, priority: -5)], EvictionSignal.ProcessIdsAvailable, imagesApart: false)));

    [Fact]
    public void With_images_on_a_disk_of_their_own_only_what_is_on_the_short_disk_counts()
    {
        PodUsage root = New("root", root: 500, logs: 1);
        PodUsage logs = New("logs", root: 1, logs: 400);
        PodUsage volume = New("volume", volume: 450);

        Assert.Equal(["root", "logs", "volume"], Names(EvictionOrder.Rank([volume, logs, root], EvictionSignal.ImageFsAvailable, imagesApart: true)));
        Assert.Equal(["volume", "logs", "root"], Names(EvictionOrder.Rank([root, logs, volume], EvictionSignal.NodeFsAvailable, imagesApart: true)));
        Assert.Equal(["root", "volume", "logs"], Names(EvictionOrder.Rank([logs, volume, root], EvictionSignal.NodeFsAvailable, imagesApart: false)));
    }

    /// <summary>Against a twin that finds, again and again, a pod that no other must go before.</summary>
    [Fact]
    public void The_order_is_that_of_pairwise_comparison()
    {
        Gen<PodUsage> pod = from memory in Gen.Choose(0, 4)
                            from request in Gen.Choose(0, 3)
                            from priority in Gen.Choose(-1, 1)
                            from processes in Gen.Choose(0, 3)
                            from known in Gen.Elements(true, true, true, true, true, false)
                            select New($"{memory}/{request}/{priority}/{processes}/{known}", memory, request, priority, processes, known: known);
        Prop.ForAll(pod.ListOf().ToArbitrary(), pods =>
        {
            foreach (EvictionSignal signal in (EvictionSignal[])[EvictionSignal.MemoryAvailable, EvictionSignal.ProcessIdsAvailable])
            {
                Assert.Equal(Names(Twin([.. pods], signal)), Names(EvictionOrder.Rank(pods, signal, imagesApart: false)));
            }
        }).QuickCheckThrowOnFailure();
    }

    private static List<PodUsage> Twin(List<PodUsage> pods, EvictionSignal signal)
    {
        List<PodUsage> order = [];
        while (pods.Count > 0)
        {
            PodUsage first = pods.First(p => !pods.Exists(other => Before(other, p, signal)));
            order.Add(first);
            pods.Remove(first);
        }

        return order;
    }

    private static bool Before(PodUsage a, PodUsage b, EvictionSignal signal)
    {
        (int A, int B) priority = (a.Pod.Spec!.Priority ?? 0, b.Pod.Spec!.Priority ?? 0);
        if (signal == EvictionSignal.ProcessIdsAvailable)
        {
            return priority.A != priority.B ? priority.A < priority.B : a.Known != b.Known ? !a.Known : a.Processes > b.Processes;
        }

        if (a.Known != b.Known)
        {
            return !a.Known;
        }

        long requestA = PodAdmission.Request(a.Pod, "memory");
        long requestB = PodAdmission.Request(b.Pod, "memory");
        if (a.MemoryBytes > requestA != b.MemoryBytes > requestB)
        {
            return a.MemoryBytes > requestA;
        }

        return priority.A != priority.B ? priority.A < priority.B : a.MemoryBytes - requestA > b.MemoryBytes - requestB;
    }

    private static IEnumerable<string> Names(IEnumerable<PodUsage> pods) => pods.Select(p => p.Pod.Metadata.Name!);

    private static PodUsage New(
        string name, long memory = 0, long request = 0, int priority = 0, long processes = 0, long root = 0, long logs = 0, long volume = 0, bool known = true)
    {
        Pod pod = Pods.Pod();
        pod.Metadata.Name = name;
        pod.Spec!.Priority = priority;
        pod.Spec.Containers![0].Resources = new ResourceRequirements { Requests = new Dictionary<string, Quantity> { ["memory"] = new(request) } };
        return new PodUsage
        {
            Pod = pod,
            Known = known,
            Processes = processes,
            MemoryBytes = memory,
            Containers = [new ContainerUsage("a") { Root = new DiskUsage(root, 1), Logs = new DiskUsage(logs, 1) }],
            LocalVolumes = new DiskUsage(volume, 1),
        };
    }
}
