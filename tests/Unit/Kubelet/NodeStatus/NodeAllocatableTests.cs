using Kube.Api.Values;
using Kube.Kubelet.Eviction;
using Kube.Kubelet.NodeStatus;

namespace Kube.Kubelet.Tests.NodeStatus;

public class NodeAllocatableTests
{
    private static readonly Dictionary<string, string> None = [];

    [Fact]
    public void Pods_may_have_what_is_neither_kept_back_nor_below_a_hard_threshold()
    {
        Dictionary<string, Quantity> allocatable = NodeAllocatable.Of(
            Quantities("cpu=4", "memory=8Gi", "ephemeral-storage=104857600Ki", "pods=110", "hugepages-2Mi=0"),
            Quantities("cpu=100m", "memory=500Mi"),
            Quantities("cpu=200m", "memory=12Mi", "ephemeral-storage=1Gi"),
            EvictionThresholds.Parse(EvictionThresholds.DefaultHard, None, None, None));

        Assert.Equal("3700m", allocatable["cpu"].ToString());
        Assert.Equal("7580Mi", allocatable["memory"].ToString());
        long storage = (104857600L * 1024) - (1L << 30) - 10737418240L;
        Assert.InRange(allocatable["ephemeral-storage"].Value(), storage - 300, storage);
        Assert.Equal("110", allocatable["pods"].ToString());
        Assert.Equal("0", allocatable["hugepages-2Mi"].ToString());
    }

    [Fact]
    public void What_is_kept_back_beyond_the_capacity_leaves_nothing() =>
        Assert.Equal("0", NodeAllocatable.Of(Quantities("memory=1Gi"), Quantities("memory=2Gi"), Quantities(), [])["memory"].ToString());

    private static Dictionary<string, Quantity> Quantities(params string[] pairs) =>
        pairs.Select(p => p.Split('=')).ToDictionary(p => p[0], p => Quantity.Parse(p[1]));
}
