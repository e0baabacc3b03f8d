using FsCheck;
using FsCheck.Fluent;
using Kube.Rpc.Wire;

namespace Kube.Rpc.Tests.Wire;

public class PercentEncodingTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("plain text ~", "plain text ~")]
    [InlineData("100%", "100%25")]
    [InlineData("a\nb", "a%0Ab")]
    [InlineData("\u00e9", "%C3%A9")]
    [InlineData("\u4f60\u597d", "%E4%BD%A0%E5%A5%BD")]
    [InlineData("\ud83d\ude00", "%F0%9F%98%80")]
    [InlineData("\u007f", "%7F")]
    public void Encodes(string text, string encoded)
    {
        Assert.Equal(encoded, PercentEncoding.Encode(text));
        Assert.Equal(text, PercentEncoding.Decode(encoded));
    }

    [Theory]
    [InlineData("%", "%")]
    [InlineData("%4", "%4")]
    [InlineData("%zz", "%zz")]
    [InlineData("%c3%a9", "\u00e9")]
    [InlineData("50% off %41", "50% off A")]
    [InlineData("%ff", "\ufffd")]
    public void DecodesLeniently(string encoded, string text) => Assert.Equal(text, PercentEncoding.Decode(encoded));

    [Fact]
    public void RoundTrips() => Prop.ForAll(
        ArbMap.Default.ArbFor<string>().Filter(text => text is not null && IsWellFormed(text)),
        text =>
        {
            var encoded = PercentEncoding.Encode(text);
            return encoded.All(c => c is >= ' ' and <= '~') && PercentEncoding.Decode(encoded) == text;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Decode_NeverFails() => Prop.ForAll(
        ArbMap.Default.ArbFor<string>().Filter(text => text is not null),
        text => PercentEncoding.Decode(text) is not null).QuickCheckThrowOnFailure();

    private static bool IsWellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(text[i]))
            {
                return false;
            }
        }

        return true;
    }
}
