using System.Buffers.Binary;
using System.Text;

namespace Kube.RaftStore.Apply.Bolt;

/// <summary>
/// Reads a bbolt file, whoever wrote it. Whatever is wrong with it is an <see cref="InvalidDataException"/> that
/// says where. Not thread-safe.
/// </summary>
public sealed class BoltReader
{
    /// <summary>No tree of a real file is deeper; one that is has a loop.</summary>
    private const int MaxDepth = 64;
    private const int MaxPageBytes = 64 << 10;
    private const int MinPageBytes = 512;

    private readonly Stream _file;
    private readonly long _sizeBytes;
    private readonly int _pageBytes;
    private readonly ulong _rootPage;
    private readonly ulong _pageCount;

    /// <param name="file">The file; seekable.</param>
    /// <param name="sizeBytes">How many of its bytes belong to the database.</param>
    public BoltReader(Stream file, long sizeBytes)
    {
        _file = file;
        _sizeBytes = sizeBytes;
        var meta = NewestMeta();
        _pageBytes = meta.PageBytes;
        _rootPage = meta.RootPage;
        _pageCount = meta.PageCount;
    }

    /// <summary>The entries of a bucket in the order of their keys; none when there is no such bucket.</summary>
    public IEnumerable<(byte[] Key, byte[] Value)> Read(string bucket)
    {
        var name = Encoding.UTF8.GetBytes(bucket);
        foreach (var (key, value, isBucket) in Walk(_rootPage, depth: 0))
        {
            if (isBucket && key.AsSpan().SequenceEqual(name))
            {
                return Entries(value);
            }
        }
        return [];
    }

    private IEnumerable<(byte[] Key, byte[] Value)> Entries(byte[] bucket)
    {
        if (bucket.Length < BoltFormat.BucketBytes)
        {
            throw new InvalidDataException("a bucket's head is cut off");
        }
        var root = BinaryPrimitives.ReadUInt64LittleEndian(bucket);
        // A small bucket lies in its parent: behind its head stands its only page.
        var walk = root == 0 ? Leaf(bucket[BoltFormat.BucketBytes..], "an inline bucket") : Walk(root, depth: 0);
        byte[]? last = null;
        foreach (var (key, value, isBucket) in walk)
        {
            if (last is not null && last.AsSpan().SequenceCompareTo(key) >= 0)
            {
                throw new InvalidDataException($"keys out of order at {Convert.ToHexString(key)}");
            }
            last = key;
            if (!isBucket)
            {
                yield return (key, value);
            }
        }
    }

    private IEnumerable<(byte[] Key, byte[] Value, bool IsBucket)> Walk(ulong id, int depth)
    {
        var where = $"page {id}";
        if (depth > MaxDepth)
        {
            throw new InvalidDataException($"{where} lies too deep");
        }
        var page = ReadPage(id);
        if (KindOf(page) == BoltFormat.LeafPage)
        {
            foreach (var element in Leaf(page, where))
            {
                yield return element;
            }
            yield break;
        }
        if (KindOf(page) != BoltFormat.BranchPage)
        {
            throw new InvalidDataException($"{where} is neither branch nor leaf");
        }
        for (var i = 0; i < CountOf(page, where); i++)
        {
            var child = BinaryPrimitives.ReadUInt64LittleEndian(page.AsSpan(BoltFormat.PageHeadBytes + (i * BoltFormat.ElementBytes) + 8));
            foreach (var element in Walk(child, depth + 1))
            {
                yield return element;
            }
        }
    }

    private static IEnumerable<(byte[] Key, byte[] Value, bool IsBucket)> Leaf(byte[] page, string where)
    {
        if (page.Length < BoltFormat.PageHeadBytes)
        {
            throw new InvalidDataException($"{where} is cut off");
        }
        for (var i = 0; i < CountOf(page, where); i++)
        {
            var at = BoltFormat.PageHeadBytes + (i * BoltFormat.ElementBytes);
            var element = page.AsSpan(at);
            var flags = BinaryPrimitives.ReadUInt32LittleEndian(element);
            var start = at + (long)BinaryPrimitives.ReadUInt32LittleEndian(element[4..]);
            long keyBytes = BinaryPrimitives.ReadUInt32LittleEndian(element[8..]);
            long valueBytes = BinaryPrimitives.ReadUInt32LittleEndian(element[12..]);
            if (start + keyBytes + valueBytes > page.Length)
            {
                throw new InvalidDataException($"element {i} of {where} goes over its end");
            }
            yield return (
                page.AsSpan((int)start, (int)keyBytes).ToArray(),
                page.AsSpan((int)(start + keyBytes), (int)valueBytes).ToArray(),
                (flags & BoltFormat.BucketElement) != 0);
        }
    }

    private static ushort KindOf(byte[] page) => BinaryPrimitives.ReadUInt16LittleEndian(page.AsSpan(8));

    private static int CountOf(byte[] page, string where)
    {
        var count = BinaryPrimitives.ReadUInt16LittleEndian(page.AsSpan(10));
        return BoltFormat.PageHeadBytes + (count * BoltFormat.ElementBytes) <= page.Length
            ? count
            : throw new InvalidDataException($"{where} has more elements than room");
    }

    private byte[] ReadPage(ulong id)
    {
        if (id >= _pageCount)
        {
            throw new InvalidDataException($"page {id} of {_pageCount} is referred to");
        }
        var head = ReadAt((long)id * _pageBytes, BoltFormat.PageHeadBytes);
        if (BinaryPrimitives.ReadUInt64LittleEndian(head) != id)
        {
            throw new InvalidDataException($"page {id} says that it is page {BinaryPrimitives.ReadUInt64LittleEndian(head)}");
        }
        var pages = 1UL + BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(12));
        return id + pages <= _pageCount && pages * (ulong)_pageBytes <= int.MaxValue
            ? ReadAt((long)id * _pageBytes, (int)pages * _pageBytes)
            : throw new InvalidDataException($"page {id} goes over the end of the file");
    }

    private byte[] ReadAt(long position, int count)
    {
        if (position + count > _sizeBytes)
        {
            throw new InvalidDataException($"the file ends before {position + count} bytes");
        }
        var bytes = new byte[count];
        _file.Position = position;
        _file.ReadExactly(bytes);
        return bytes;
    }

    private (int PageBytes, ulong RootPage, ulong PageCount) NewestMeta()
    {
        var first = TryReadMeta(0);
        // Without a sound first page its size is not known: try those that there are.
        var second = first is { } sound ? TryReadMeta(sound.PageBytes)
            : Enumerable.Range(9, 8).Select(bits => TryReadMeta(1L << bits)).FirstOrDefault(static meta => meta is not null);
        var newest = first is null || (second is not null && second.Value.Transaction > first.Value.Transaction) ? second : first;
        return newest is { } meta
            ? (meta.PageBytes, meta.RootPage, meta.PageCount)
            : throw new InvalidDataException("not a bbolt database: neither meta page is sound");
    }

    private (int PageBytes, ulong RootPage, ulong PageCount, ulong Transaction)? TryReadMeta(long position)
    {
        if (position + BoltFormat.PageHeadBytes + BoltFormat.MetaBytes + 8 > _sizeBytes)
        {
            return null;
        }
        var meta = ReadAt(position + BoltFormat.PageHeadBytes, BoltFormat.MetaBytes + 8).AsSpan();
        var pageBytes = BinaryPrimitives.ReadUInt32LittleEndian(meta[8..]);
        return BinaryPrimitives.ReadUInt32LittleEndian(meta) == BoltFormat.Magic
            && BinaryPrimitives.ReadUInt32LittleEndian(meta[4..]) == BoltFormat.Version
            && BinaryPrimitives.ReadUInt64LittleEndian(meta[BoltFormat.MetaBytes..]) == BoltFormat.Fnv(meta[..BoltFormat.MetaBytes])
            && pageBytes is >= MinPageBytes and <= MaxPageBytes
            ? ((int)pageBytes, BinaryPrimitives.ReadUInt64LittleEndian(meta[16..]), BinaryPrimitives.ReadUInt64LittleEndian(meta[40..]),
                BinaryPrimitives.ReadUInt64LittleEndian(meta[48..]))
            : null;
    }
}
