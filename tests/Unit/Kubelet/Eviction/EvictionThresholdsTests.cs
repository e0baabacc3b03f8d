using Kube.Kubelet.Eviction;

namespace Kube.Kubelet.Tests.Eviction;

public class EvictionThresholdsTests
{
    private static readonly Dictionary<string, string> None = [];

    [Fact]
    public void A_kubelet_that_is_told_nothing_has_Kubernetes_thresholds()
    {
        IReadOnlyList<EvictionThreshold> thresholds = EvictionThresholds.Parse(EvictionThresholds.DefaultHard, None, None, None);

        Assert.Equal(
            ["allocatableMemory.available 104857600", "imagefs.available 150", "imagefs.inodesFree 50", "memory.available 104857600", "nodefs.available 100", "nodefs.inodesFree 50"],
            thresholds.Select(t => $"{t.Signal.Name()} {t.Value.Of(1000)}").Order(StringComparer.Ordinal));
        Assert.All(thresholds, t => Assert.True(t.IsHard));
    }

    [Fact]
    public void Soft_thresholds_have_their_grace_and_all_their_minimum_reclaim()
    {
        EvictionThreshold[] thresholds =
        [
            .. EvictionThresholds.Parse(
                new Dictionary<string, string> { ["nodefs.available"] = "1Gi" },
                new Dictionary<string, string> { ["nodefs.available"] = "20%" },
                new Dictionary<string, string> { ["nodefs.available"] = "1m30s" },
                new Dictionary<string, string> { ["nodefs.available"] = "500Mi" }),
        ];

        Assert.Equal([TimeSpan.Zero, TimeSpan.FromSeconds(90)], thresholds.Select(t => t.GracePeriod));
        Assert.All(thresholds, t => Assert.Equal(500L << 20, t.MinimumReclaim!.Value.Of(0)));
    }

    [Theory]
    [InlineData("0%")]
    [InlineData("100%")]
    public void A_threshold_of_nothing_or_everything_is_none(string value) =>
        Assert.Empty(EvictionThresholds.Parse(new Dictionary<string, string> { ["memory.available"] = value }, None, None, None));

    [Theory]
    [InlineData("memory.free", "1Gi", "unsupported eviction signal memory.free")]
    [InlineData("memory.available", "0", "eviction threshold memory.available must be positive: 0")]
    [InlineData("memory.available", "-1Gi", "eviction threshold memory.available must be positive: -1Gi")]
    [InlineData("memory.available", "120%", "eviction threshold memory.available must be a percentage between 0 and 100: 120%")]
    [InlineData("memory.available", "much", "eviction threshold memory.available must be positive: much")]
    public void What_cannot_be_a_threshold_is_named(string signal, string value, string message) => Assert.Equal(
        message, Assert.Throws<ThresholdException>(() => EvictionThresholds.Parse(new Dictionary<string, string> { [signal] = value }, None, None, None)).Message);

    [Fact]
    public void A_soft_threshold_without_grace_is_refused() => Assert.Equal(
        "grace period must be specified for the soft eviction threshold memory.available",
        Assert.Throws<ThresholdException>(() => EvictionThresholds.Parse(None, new Dictionary<string, string> { ["memory.available"] = "1Gi" }, None, None)).Message);
}
