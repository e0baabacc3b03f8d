using Kube.Api.Core.V1;
using Kube.Kubelet.Probes;

namespace Kube.Kubelet.Tests.Probes;

public sealed class ProbeThresholdsTests
{
    [Theory]
    [InlineData("-", "?")]
    [InlineData("---", "??-")]
    [InlineData("--+---", "??+??-")]
    [InlineData("+", "+")]
    [InlineData("---++", "??-++")]
    public void Three_failures_in_a_row_settle_by_default(string answers, string expected) => Assert.Equal(expected, Run(new Probe(), answers));

    [Fact]
    public void So_many_successes_in_a_row_as_the_probe_says() =>
        Assert.Equal("?+-?+", Run(new Probe { SuccessThreshold = 2, FailureThreshold = 1 }, "++-++"));

    private static string Run(Probe probe, string answers)
    {
        ProbeThresholds thresholds = new(probe);
        return string.Concat(answers.Select(a => thresholds.Take(a == '+') switch { true => '+', false => '-', null => '?' }));
    }
}
