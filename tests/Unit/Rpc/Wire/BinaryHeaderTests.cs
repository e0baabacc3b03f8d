using FsCheck;
using FsCheck.Fluent;
using Grpc.Core;
using Kube.Rpc.Wire;

namespace Kube.Rpc.Tests.Wire;

public class BinaryHeaderTests
{
    [Fact]
    public void RoundTrips_WithAndWithoutPadding() => Prop.ForAll(
        ArbMap.Default.ArbFor<byte[]>().Filter(bytes => bytes is not null),
        bytes =>
        {
            var encoded = BinaryHeader.Encode(bytes);
            return !encoded.Contains('=')
                && BinaryHeader.TryDecode(encoded, out var plain) && plain.SequenceEqual(bytes)
                && BinaryHeader.TryDecode(Convert.ToBase64String(bytes), out var padded) && padded.SequenceEqual(bytes);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("A")]
    [InlineData("AAAAA")]
    [InlineData("A!==")]
    [InlineData("\u00e9\u00e9\u00e9\u00e9")]
    public void Refuses(string text) => Assert.False(BinaryHeader.TryDecode(text, out _));

    [Fact]
    public void List_IsSeveralEntries()
    {
        var metadata = new Metadata();
        MetadataCodec.Decode(metadata, "Trace-Bin", "AQ, Ag==,Aw");
        Assert.Equal(["01", "02", "03"], metadata.GetAll("trace-bin").Select(entry => Convert.ToHexString(entry.ValueBytes)));
    }

    [Fact]
    public void Text_WithCommas_IsOneEntry()
    {
        var metadata = new Metadata();
        MetadataCodec.Decode(metadata, "Names", "a, b");
        Assert.Equal("a, b", Assert.Single(metadata).Value);
    }

    [Theory]
    [InlineData("grpc-status")]
    [InlineData("grpc-timeout")]
    [InlineData("content-type")]
    [InlineData(":path")]
    [InlineData("TE")]
    public void ProtocolHeaders_AreNoMetadata(string name)
    {
        var metadata = new Metadata();
        MetadataCodec.Decode(metadata, name, "x");
        Assert.Empty(metadata);
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("a:b")]
    [InlineData("\u00e9")]
    public void Entry_RefusesBadKeys(string key) => Assert.Throws<ArgumentException>(() => new Metadata.Entry(key, "x"));

    [Fact]
    public void Entry_KeyAndKindMustAgree()
    {
        Assert.Throws<ArgumentException>(() => new Metadata.Entry("a-bin", "text"));
        Assert.Throws<ArgumentException>(() => new Metadata.Entry("a", [1]));
        Assert.Equal("a-bin", new Metadata.Entry("A-Bin", [1]).Key);
        Assert.Throws<InvalidOperationException>(() => new Metadata.Entry("a-bin", [1]).Value);
    }
}
