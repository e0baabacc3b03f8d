using FsCheck;
using FsCheck.Fluent;
using Kube.Streams.Spdy;

namespace Kube.Streams.Tests;

public class SpdyHeaderTests
{
    /// <summary>Two blocks of one stream as zlib makes them with the protocol's dictionary: the second leans on the first.</summary>
    [Fact]
    public void Reads_what_zlib_compresses_with_the_dictionary()
    {
        using SpdyHeaderReader reader = new();
        var first = Convert.FromHexString("78f9e3c6a7c202253a703a2b294a4dcc851625aca9a0808614cb45a024cc64610024398b209198094adc8c0600000000ffff");
        var second = Convert.FromHexString("c2aa15540a2512d209000000ffff");

        Assert.Equal([new("streamtype", "error"), new("port", "80"), new("requestid", "0")], reader.Read(first));
        Assert.Equal([new("streamtype", "data"), new("port", "80"), new("requestid", "0")], reader.Read(second));
    }

    [Fact]
    public void The_dictionary_is_the_one_its_checksum_names()
    {
        uint a = 1, b = 0;
        foreach (var each in SpdyDictionary.Bytes.Span)
        {
            a = (a + each) % 65521;
            b = (b + a) % 65521;
        }

        Assert.Equal(SpdyDictionary.Checksum, (b << 16) | a);
    }

    [Fact]
    public void What_is_written_is_read_block_after_block()
    {
        var header = Gen.Zip(Gen.Elements("streamtype", "port", "requestid", "x-é"), ArbMap.Default.GeneratorFor<NonNull<string>>())
            .Select(p => new KeyValuePair<string, string>(p.Item1, string.Concat(p.Item2.Get.Where(c => c != '\0' && !char.IsSurrogate(c)))));
        var blocks = Gen.ListOf(Gen.ListOf(header));
        Prop.ForAll(blocks.ToArbitrary(), list =>
        {
            SpdyHeaderWriter writer = new();
            using SpdyHeaderReader reader = new();
            return list.All(block => reader.Read(writer.Write([.. block])).SequenceEqual(block));
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("")]
    [InlineData("78")]
    [InlineData("7801")]
    [InlineData("78f900000000")]
    [InlineData("ffff")]
    [InlineData("78f9e3c6a7c2ffffffff")]
    [InlineData("78f9e3c6a7c2000400fbff7fffffff0000ffff")]
    [InlineData("78f9e3c6a7c2000800f7ff00000001000000ff0000ffff")]
    public void Refuses_what_is_no_block(string hex)
    {
        using SpdyHeaderReader reader = new();
        Assert.Throws<SpdyException>(() => reader.Read(Convert.FromHexString(hex)));
    }

    [Fact]
    public void Refuses_a_block_that_unfolds_without_end()
    {
        using MemoryStream bomb = new();
        bomb.Write([0x78, 0x01]);
        using (System.IO.Compression.DeflateStream deflate = new(bomb, System.IO.Compression.CompressionLevel.Optimal, leaveOpen: true))
        {
            deflate.Write(new byte[10_000_000]);
        }

        using SpdyHeaderReader reader = new();
        Assert.Throws<SpdyException>(() => reader.Read(bomb.ToArray()));
    }
}
