using System.Text;
using Kube.Base;
using Kube.RaftStore.Apply.Bolt;

namespace Kube.RaftStore.Tests.Apply.Bolt;

/// <summary>What is written is read again, and damage to it is noticed. That bbolt itself reads it is tested with etcdctl.</summary>
public class BoltTests
{
    [Theory]
    [InlineData(0, 10)]
    [InlineData(1, 10)]
    [InlineData(100, 10)]
    [InlineData(5000, 50)]
    [InlineData(300, 9000)]
    [InlineData(40_000, 8)]
    public void Entries_come_back_in_order(int count, int maxValueBytes)
    {
        var random = new Prng((ulong)count + 1);
        var entries = Entries(random, count, maxValueBytes);
        var file = Write([new("b", Of(entries)), new("a", []), new("c", Of(entries))]);

        Assert.Equal(0, file.Length % 4096);
        var reader = new BoltReader(new MemoryStream(file), file.Length);
        foreach (var bucket in new[] { "b", "c" })
        {
            Assert.Equal(entries, reader.Read(bucket), static (wanted, read) => wanted.Key.SequenceEqual(read.Key) && wanted.Value.SequenceEqual(read.Value));
        }
        Assert.Empty(reader.Read("a"));
        Assert.Empty(reader.Read("missing"));
    }

    [Fact]
    public void The_file_comes_in_small_parts_and_is_as_long_as_foretold()
    {
        var entries = Entries(new Prng(3), 20_000, 100);
        var writer = new BoltWriter([new("key", Of(entries))], default);
        var total = 0L;
        foreach (var part in writer.Chunks(default))
        {
            Assert.InRange(part.Length, 1, 128 << 10);
            total += part.Length;
        }
        Assert.Equal(writer.SizeBytes, total);
    }

    [Fact]
    public void Damage_is_an_error_or_does_not_matter_but_never_a_crash()
    {
        var entries = Entries(new Prng(4), 2000, 60);
        var file = Write([new("key", Of(entries))]);
        var random = new Prng(5);
        var noticed = 0;
        for (var run = 0; run < 2000; run++)
        {
            var damaged = (byte[])file.Clone();
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            var length = random.Next(4) == 0 ? random.Next(file.Length) : file.Length;
            try
            {
                Assert.InRange(new BoltReader(new MemoryStream(damaged, 0, length), length).Read("key").Count(), 0, 70_000);
            }
            catch (InvalidDataException)
            {
                noticed++;
            }
        }
        Assert.InRange(noticed, 300, 2000);
    }

    [Fact]
    public void Keys_out_of_order_are_a_fault_of_the_caller()
        => Assert.Throws<InvariantException>(() => Write([new("key", Of([([2], [1]), ([1], [1])]))]));

    private static byte[] Write(IEnumerable<BoltBucket> buckets)
    {
        var file = new MemoryStream();
        new BoltWriter(buckets, default).WriteTo(file, default);
        return file.ToArray();
    }

    private static IEnumerable<BoltEntry> Of(IEnumerable<(byte[] Key, byte[] Value)> entries)
        => entries.Select(static entry => new BoltEntry(entry.Key, entry.Value));

    private static List<(byte[] Key, byte[] Value)> Entries(Prng random, int count, int maxValueBytes)
        => [.. Enumerable.Range(0, count).Select(i => (Encoding.ASCII.GetBytes($"key{i:D8}"), Bytes(random, random.Next(maxValueBytes))))];

    private static byte[] Bytes(Prng random, int count)
    {
        var bytes = new byte[count];
        for (var i = 0; i < count; i++)
        {
            bytes[i] = (byte)random.Next(256);
        }
        return bytes;
    }
}
