using Kube.Api.Core.V1;
using Kube.Api.Values;
using Kube.Kubelet.PodWorkers;
using Kube.Kubelet.Tests.Fakes;
using Cri = Kube.Proto.Cri.V1;

namespace Kube.Kubelet.Tests.PodWorkers;

public sealed class ContainerResourcesTests
{
    private const long NodeBytes = 4_000_000_000;

    /// <summary>CPU request and limit, memory request and limit; - for none. Shares, quota, memory limit, score.</summary>
    [Theory]
    [InlineData("- - - -", "2 0 0 1000")]
    [InlineData("500m - - -", "512 0 0 999")]
    [InlineData("- 250m - -", "256 25000 0 999")]
    [InlineData("100m 1500m - -", "102 150000 0 999")]
    [InlineData("1m 1m - -", "2 1000 0 999")]
    [InlineData("1 1 1G 1G", "1024 100000 1000000000 -997")]
    [InlineData("- - 1G -", "2 0 0 750")]
    [InlineData("- - 3999M -", "2 0 0 3")]
    [InlineData("- - 1 64Mi", "2 0 67108864 999")]
    public void Requests_and_limits_in_the_kernels_terms(string asked, string expected)
    {
        Pod pod = Pods.Pod();
        pod.Spec!.Containers![0].Resources = Asking(asked);
        Assert.Equal(expected, Text(ContainerResources.Of(pod, pod.Spec.Containers[0], NodeBytes, groupsAreUnified: false)));
    }

    [Fact]
    public void A_sidecar_goes_no_sooner_than_what_it_is_there_for()
    {
        Pod pod = Pods.Pod(containers: ["a", "b"], init: [Pods.Sidecar("s")]);
        pod.Spec!.Containers![0].Resources = Asking("- - 2G -");
        pod.Spec.Containers[1].Resources = Asking("- - 1G -");
        Assert.Equal(750, Score(pod, pod.Spec.InitContainers![0]));
        pod.Spec.InitContainers[0].Resources = Asking("- - 3G -");
        Assert.Equal(250, Score(pod, pod.Spec.InitContainers[0]));
    }

    [Fact]
    public void What_the_node_needs_goes_last()
    {
        Pod pod = Pods.Pod();
        pod.Spec!.Priority = 2_000_001_000;
        Assert.Equal(-997, Score(pod, pod.Spec.Containers![0]));
    }

    [Fact]
    public void Unified_groups_end_as_a_whole_and_huge_pages_have_limits()
    {
        Pod pod = Pods.Pod();
        pod.Spec!.Containers![0].Resources = new ResourceRequirements { Limits = new Dictionary<string, Quantity> { ["hugepages-2Mi"] = Quantity.Parse("4Mi"), ["hugepages-1Gi"] = Quantity.Parse("1Gi") } };
        Cri.LinuxContainerResources resources = ContainerResources.Of(pod, pod.Spec.Containers[0], NodeBytes, groupsAreUnified: true);
        Assert.Equal("1", resources.Unified["memory.oom.group"]);
        Assert.Equal(["2MB 4194304", "1GB 1073741824"], resources.HugepageLimits.Select(static l => $"{l.PageSize} {l.Limit}"));
        Assert.Empty(ContainerResources.Of(pod, pod.Spec.Containers[0], NodeBytes, groupsAreUnified: false).Unified);
    }

    private static long Score(Pod pod, Container container) => ContainerResources.Of(pod, container, NodeBytes, groupsAreUnified: false).OomScoreAdj;

    private static string Text(Cri.LinuxContainerResources r) => $"{r.CpuShares} {r.CpuQuota} {r.MemoryLimitInBytes} {r.OomScoreAdj}";

    private static ResourceRequirements Asking(string text)
    {
        string[] values = text.Split(' ');
        return new ResourceRequirements { Requests = Two(values[0], values[2]), Limits = Two(values[1], values[3]) };
    }

    private static Dictionary<string, Quantity> Two(string cpu, string memory)
    {
        Dictionary<string, Quantity> two = [];
        if (cpu != "-")
        {
            two["cpu"] = Quantity.Parse(cpu);
        }

        if (memory != "-")
        {
            two["memory"] = Quantity.Parse(memory);
        }

        return two;
    }
}
