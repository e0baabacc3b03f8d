using Kube.Api.Core.V1;
using Kube.Api.Values;
using Kube.Kubelet.Disks;
using Kube.Kubelet.Eviction;
using Kube.Kubelet.PodWorkers;
using Kube.Kubelet.Tests.Fakes;

namespace Kube.Kubelet.Tests.Eviction;

public class EvictionRulesTests
{
    [Fact]
    public void The_message_names_threshold_and_containers_above_their_request()
    {
        Pod pod = Pods.Pod(containers: ["a", "b"]);
        pod.Spec!.Containers![1].Resources = new ResourceRequirements { Requests = new Dictionary<string, Quantity> { ["memory"] = Quantity.Parse("1Gi") } };
        PodUsage usage = new()
        {
            Pod = pod,
            Containers = [new ContainerUsage("a") { MemoryBytes = 5L << 20 }, new ContainerUsage("b") { MemoryBytes = 6L << 20 }],
        };
        EvictionThreshold threshold = new(EvictionSignal.MemoryAvailable, new ThresholdValue(Quantity.Parse("100Mi"), 0));

        Assert.Equal(
            "The node was low on resource: memory. Threshold quantity: 100Mi, available: 97164Ki. "
            + "Container a was using 5Mi, request is 0, has larger consumption of memory. ",
            EvictionMessages.ForPressure(threshold, new SignalReading(97164L << 10, 8L << 30), usage));
    }

    [Theory]
    [InlineData("EmptyDir", "Usage of EmptyDir volume \"scratch\" exceeds the limit \"1Mi\". ")]
    [InlineData("Pod", "Pod ephemeral local storage usage exceeds the total limit of containers 3Mi. ")]
    [InlineData("Container", "Container a exceeded its local ephemeral storage limit \"1Mi\". ")]
    [InlineData("Nothing", null)]
    public void Limits_on_disk_are_kept(string what, string? message)
    {
        Pod pod = Pods.Pod(containers: ["a", "b"]);
        Limit(pod.Spec!.Containers![0], "1Mi");
        Limit(pod.Spec.Containers[1], "2Mi");
        pod.Spec.Volumes = [new Volume { Name = "scratch", EmptyDir = new EmptyDirVolumeSource { SizeLimit = Quantity.Parse("1Mi") } }];
        long Bytes(string of, int kibibytes) => of == what ? (long)kibibytes << 10 : 1;
        PodUsage usage = new()
        {
            Pod = pod,
            Containers =
            [
                new ContainerUsage("a") { Logs = new DiskUsage(Bytes("Container", 1025), 1) },
                new ContainerUsage("b") { Root = new DiskUsage(Bytes("Pod", 3072), 1) },
            ],
            Volumes = new Dictionary<string, DiskUsage> { ["scratch"] = new(Bytes("EmptyDir", 1025), 1) },
        };

        Assert.Equal(message, StorageLimits.Exceeded(usage, imagesApart: false));
    }

    /// <summary>Init containers as NAME LIMIT, with a + where one is a sidecar.</summary>
    [Theory]
    [InlineData(3, "i 5Mi", 5)]
    [InlineData(3, "+s 4Mi", 7)]
    [InlineData(3, "+s 4Mi,i 5Mi", 9)]
    [InlineData(3, "i 5Mi,+s 4Mi", 7)]
    [InlineData(0, "+s 1Mi,+t 1Mi,i 1Mi", 3)]
    public void A_pods_limit_is_that_of_what_runs_together(int main, string inits, int limit)
    {
        Pod pod = Pods.Pod();
        if (main > 0)
        {
            Limit(pod.Spec!.Containers![0], main + "Mi");
        }

        pod.Spec!.InitContainers = [.. inits.Split(',').Select(init =>
        {
            Container container = new() { Name = init.Split(' ')[0].TrimStart('+'), RestartPolicy = init[0] == '+' ? "Always" : null };
            Limit(container, init.Split(' ')[1]);
            return container;
        })];

        Assert.Null(StorageLimits.Exceeded(Using((long)limit << 20), imagesApart: false));
        Assert.Equal(
            $"Pod ephemeral local storage usage exceeds the total limit of containers {limit}Mi. ",
            StorageLimits.Exceeded(Using(((long)limit << 20) + 1), imagesApart: false));

        PodUsage Using(long bytes) => new() { Pod = pod, LocalVolumes = new DiskUsage(bytes, 1) };
    }

    [Theory]
    [InlineData("emptyDir", true)]
    [InlineData("memory", false)]
    [InlineData("configMap", true)]
    [InlineData("secret", false)]
    [InlineData("claim", false)]
    public void Only_what_lies_on_the_nodes_disk_counts_as_ephemeral_storage(string kind, bool counts)
    {
        Volume volume = new() { Name = "v" };
        switch (kind)
        {
            case "emptyDir": volume.EmptyDir = new EmptyDirVolumeSource(); break;
            case "memory": volume.EmptyDir = new EmptyDirVolumeSource { Medium = "Memory" }; break;
            case "configMap": volume.ConfigMap = new ConfigMapVolumeSource(); break;
            case "secret": volume.Secret = new SecretVolumeSource(); break;
            default: volume.PersistentVolumeClaim = new PersistentVolumeClaimVolumeSource(); break;
        }

        Assert.Equal(counts, volume.IsLocal());
    }

    [Fact]
    public void Of_a_pod_of_which_nothing_is_known_no_limit_is_exceeded()
    {
        Pod pod = Pods.Pod();
        Limit(pod.Spec!.Containers![0], "1");
        Assert.Null(StorageLimits.Exceeded(new PodUsage { Pod = pod, Known = false }, imagesApart: false));
    }

    [Theory]
    [InlineData("", false, true)]
    [InlineData("MemoryPressure", false, false)]
    [InlineData("MemoryPressure", true, true)]
    [InlineData("DiskPressure", true, false)]
    [InlineData("DiskPressure MemoryPressure", true, false)]
    public void Under_memory_pressure_only_pods_that_ask_for_nothing_are_refused_under_others_all(string conditions, bool asks, bool taken)
    {
        Pod pod = Pods.Pod();
        if (asks)
        {
            pod.Spec!.Containers![0].Resources = new ResourceRequirements { Requests = new Dictionary<string, Quantity> { ["cpu"] = Quantity.Parse("1m") } };
        }

        HashSet<string> present = [.. conditions.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        var refused = PressureAdmission.Check(pod, present);

        Assert.Equal(taken, refused is null);
        if (refused is not null)
        {
            Assert.Equal(("Evicted", $"The node had condition: [{conditions}]. "), (refused.Reason, refused.Message));
        }
    }

    [Fact]
    public void Critical_pods_and_those_that_tolerate_the_taint_are_taken()
    {
        Pod critical = Pods.Pod();
        critical.Spec!.Priority = 2_000_000_000;
        Pod tolerant = Pods.Pod();
        tolerant.Spec!.Tolerations = [new Toleration { Key = "node.kubernetes.io/memory-pressure", Operator = "Exists", Effect = "NoSchedule" }];

        Assert.Null(PressureAdmission.Check(critical, new HashSet<string> { "DiskPressure" }));
        Assert.Null(PressureAdmission.Check(tolerant, new HashSet<string> { "MemoryPressure" }));
        Assert.NotNull(PressureAdmission.Check(tolerant, new HashSet<string> { "PIDPressure" }));
    }

    private static void Limit(Container container, string limit) =>
        container.Resources = new ResourceRequirements { Limits = new Dictionary<string, Quantity> { ["ephemeral-storage"] = Quantity.Parse(limit) } };
}
