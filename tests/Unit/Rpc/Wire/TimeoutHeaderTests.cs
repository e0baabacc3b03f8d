using FsCheck;
using FsCheck.Fluent;
using Kube.Rpc.Wire;

namespace Kube.Rpc.Tests.Wire;

public class TimeoutHeaderTests
{
    [Theory]
    [InlineData(-1, "1n")]
    [InlineData(0, "1n")]
    [InlineData(1, "1u")]
    [InlineData(10, "1u")]
    [InlineData(TimeSpan.TicksPerMillisecond, "1000u")]
    [InlineData(99 * TimeSpan.TicksPerSecond, "99000000u")]
    [InlineData(100 * TimeSpan.TicksPerSecond, "100000m")]
    [InlineData(TimeSpan.TicksPerDay * 2, "172800S")]
    [InlineData(long.MaxValue, "99999999H")]
    public void Encodes(long ticks, string text)
    {
        if (ticks == long.MaxValue)
        {
            // 2^63 ticks are 256,204,778 hours, more than eight digits.
            Assert.Equal(text, TimeoutHeader.Encode(TimeSpan.MaxValue));
            return;
        }

        Assert.Equal(text, TimeoutHeader.Encode(TimeSpan.FromTicks(ticks)));
    }

    [Theory]
    [InlineData("1n", 1)]
    [InlineData("100n", 1)]
    [InlineData("101n", 2)]
    [InlineData("5u", 50)]
    [InlineData("7m", 70_000)]
    [InlineData("3S", 30_000_000)]
    [InlineData("1M", TimeSpan.TicksPerMinute)]
    [InlineData("1H", TimeSpan.TicksPerHour)]
    [InlineData("99999999H", 99_999_999 * TimeSpan.TicksPerHour)]
    [InlineData("0S", 0)]
    public void Decodes(string text, long ticks)
    {
        Assert.True(TimeoutHeader.TryDecode(text, out var timeout));
        Assert.Equal(ticks, timeout.Ticks);
    }

    [Theory]
    [InlineData("")]
    [InlineData("S")]
    [InlineData("1")]
    [InlineData("1s")]
    [InlineData("-1S")]
    [InlineData("+1S")]
    [InlineData(" 1S")]
    [InlineData("1.5S")]
    [InlineData("123456789S")]
    [InlineData("0x1S")]
    public void Refuses(string text) => Assert.False(TimeoutHeader.TryDecode(text, out _));

    [Fact]
    public void RoundTrip_IsNeverShorter_AndAlmostEqual() => Prop.ForAll(
        Gen.Choose(0, 62).SelectMany(bits => Gen.Choose(0, int.MaxValue).Select(low => (1L << bits) + low % (1L << bits))).ToArbitrary(),
        ticks =>
        {
            var timeout = TimeSpan.FromTicks(ticks);
            if (timeout.TotalHours > 99_999_999)
            {
                return TimeoutHeader.Encode(timeout) == "99999999H";
            }

            var encoded = TimeoutHeader.Encode(timeout);
            return encoded.Length <= 9
                && TimeoutHeader.TryDecode(encoded, out var decoded)
                && decoded >= timeout
                && decoded - timeout <= TimeSpan.FromTicks(Math.Max(10, ticks / 1_000));
        }).QuickCheckThrowOnFailure();
}
