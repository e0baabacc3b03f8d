using FsCheck;
using FsCheck.Fluent;
using Kube.RaftStore.Mvcc;
using Kube.RaftStore.Tests.Raft;

namespace Kube.RaftStore.Tests.Mvcc;

/// <summary>The checksum of two byte strings together from those of each.</summary>
public class Crc32CJoinTests
{
    [Fact]
    public void It_is_the_checksum_of_the_bytes_one_behind_the_other()
    {
        var bytes = Gen.Choose(0, 255).Select(static number => (byte)number).ArrayOf().ToShrinking();
        Prop.ForAll(bytes, bytes, static (first, second) =>
            Crc32CJoin.Of(Crc32C.Of(first), Crc32C.Of(second), second.Length) == Crc32C.Of([.. first, .. second])).Check(Config.QuickThrowOnFailure.WithEndSize(300));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1 << 20)]
    [InlineData((1 << 21) + 12_345)]
    public void Whatever_the_length_of_what_comes_behind(int length)
    {
        byte[] first = [1, 2, 3];
        var second = ValueStoreConformance.ValueOf(7, length);
        Assert.Equal(Crc32C.Of([.. first, .. second]), Crc32CJoin.Of(Crc32C.Of(first), Crc32C.Of(second), length));
    }
}
