using System.Text.Json;
using Kube.Api.Core.V1;
using Kube.Api.Json;
using Kube.Api.Meta.V1;
using Kube.Api.Values;

namespace Kube.Api.Tests.Types;

public class ValueTests
{
    [Theory]
    [InlineData("2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000000Z")]
    [InlineData("2026-01-02T03:04:05.123456789Z", "2026-01-02T03:04:05Z", "2026-01-02T03:04:05.123456Z")]
    [InlineData("2026-01-02T03:04:05.5+02:00", "2026-01-02T01:04:05Z", "2026-01-02T01:04:05.500000Z")]
    [InlineData("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000000Z")]
    public void TimesAreWrittenInUtc(string text, string seconds, string micros)
    {
        Assert.Equal(seconds, Time.Parse(text).ToString());
        Assert.Equal(micros, MicroTime.Parse(text).ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("2026-01-02")]
    [InlineData("2026-01-02T03:04:05")]
    [InlineData("2026-01-02 03:04:05Z")]
    [InlineData("2026-13-02T03:04:05Z")]
    [InlineData("2026-01-02T03:04:05.Z")]
    [InlineData("2026-01-02T03:04:05z")]
    [InlineData("2026-01-02T03:04:05+2:00")]
    [InlineData("2026-01-02T03:04:05Zjunk")]
    public void OtherTimesAreRefused(string text)
    {
        Assert.False(Time.TryParse(text, out _));
        Assert.False(MicroTime.TryParse(text, out _));
    }

    [Fact]
    public void TimesReadAndWriteJson()
    {
        var meta = KubeJson.Deserialize<ObjectMeta>("""{"creationTimestamp":"2026-01-02T03:04:05Z","deletionTimestamp":null}""");
        Assert.Equal(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), meta.CreationTimestamp!.Value.Value);
        Assert.Null(meta.DeletionTimestamp);
        Assert.Equal("""{"creationTimestamp":"2026-01-02T03:04:05Z"}""", KubeJson.SerializeToString(meta));
        Assert.Throws<JsonException>(() => KubeJson.Deserialize<ObjectMeta>("""{"creationTimestamp":5}"""));
    }

    [Theory]
    [InlineData("80", true, 80)]
    [InlineData("\"http\"", false, 0)]
    [InlineData("\"8080\"", false, 8080)]
    public void IntOrStringKeepsItsKind(string json, bool isNumber, int number)
    {
        var port = KubeJson.Deserialize<ServicePort>($$"""{"port":1,"targetPort":{{json}}}""");
        Assert.Equal((isNumber, number), (port.TargetPort!.Value.IsNumber, port.TargetPort.Value.Number));
        Assert.Equal($$"""{"port":1,"targetPort":{{json}}}""", KubeJson.SerializeToString(port));
    }

    [Theory]
    [InlineData("25%", 10, true, 3)]
    [InlineData("25%", 10, false, 2)]
    [InlineData("100%", 7, true, 7)]
    [InlineData("0%", 7, true, 0)]
    public void PercentagesScale(string percent, int total, bool roundUp, int expected) =>
        Assert.Equal(expected, new IntOrString(percent).Scaled(total, roundUp));

    [Fact]
    public void TextWithoutPercentDoesNotScale()
    {
        Assert.Throws<FormatException>(() => new IntOrString("5").Scaled(10, true));
        Assert.Throws<FormatException>(() => new IntOrString("x%").Scaled(10, true));
        Assert.Equal(4, new IntOrString(4).Scaled(10, true));
    }

    [Fact]
    public void QuantitiesReadNumbersAndStrings()
    {
        var limits = KubeJson.Deserialize<ResourceRequirements>("""{"limits":{"cpu":2,"memory":"0.5Gi","x":1.5}}""").Limits!;
        Assert.Equal(("2", "512Mi", "1500m"), (limits["cpu"].ToString(), limits["memory"].ToString(), limits["x"].ToString()));
        Assert.Throws<JsonException>(() => KubeJson.Deserialize<ResourceRequirements>("""{"limits":{"cpu":"two"}}"""));
    }

    [Fact]
    public void NullInAMapIsTheZeroValue()
    {
        var budget = KubeJson.Deserialize<Kube.Api.Policy.V1.PodDisruptionBudgetStatus>("""{"disruptedPods":{"a":null,"b":"2026-01-02T03:04:05Z"}}""");
        Assert.Equal(default, budget.DisruptedPods!["a"]);
        Assert.Contains("\"disruptedPods\":{\"a\":null,\"b\":\"2026-01-02T03:04:05Z\"}", KubeJson.SerializeToString(budget), StringComparison.Ordinal);
        Assert.True(KubeJson.Deserialize<ResourceRequirements>("""{"limits":{"cpu":null}}""").Limits!["cpu"].IsZero);
    }
}
