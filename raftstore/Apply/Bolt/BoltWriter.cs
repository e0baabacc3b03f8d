using System.Buffers.Binary;
using System.Text;
using Kube.Base;

namespace Kube.RaftStore.Apply.Bolt;

/// <summary>
/// Writes a bbolt file from beginning to end, as a stream: what is in memory at any time is a page of each level of
/// one tree. A file's beginning says where its trees' roots are, so the entries are walked twice: once to see how
/// many pages they take, without their values, and once to write them.
/// </summary>
/// <remarks>Not thread-safe.</remarks>
public sealed class BoltWriter
{
    /// <summary>Bytes handed out at a time, or more where a single entry is larger.</summary>
    private const int ChunkBytes = 64 << 10;

    private readonly IReadOnlyList<BoltBucket> _buckets;
    private readonly ulong _rootPage;

    /// <param name="buckets">All buckets, in any order, with different names.</param>
    /// <param name="cancellationToken">Ends the first walk.</param>
    public BoltWriter(IEnumerable<BoltBucket> buckets, CancellationToken cancellationToken)
    {
        _buckets = [.. buckets.OrderBy(static bucket => bucket.Name, StringComparer.Ordinal)];
        var pages = new BoltPages(Stream.Null, isDry: true);
        foreach (var root in WriteTrees(pages, cancellationToken))
        {
            _rootPage = root;
        }
        PageCount = pages.NextPageId;
    }

    /// <summary>Pages of the file.</summary>
    public ulong PageCount { get; }

    /// <summary>Length of the file.</summary>
    public long SizeBytes => (long)PageCount * BoltFormat.PageBytes;

    /// <summary>The file, part by part. A part is valid until the next is asked for.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Chunks(CancellationToken cancellationToken)
    {
        var buffer = new MemoryStream(2 * ChunkBytes);
        WriteMeta(buffer, page: 0);
        WriteMeta(buffer, page: 1);
        WriteFreelist(buffer);
        var pages = new BoltPages(buffer, isDry: false);
        ulong root = 0;
        foreach (var written in WriteTrees(pages, cancellationToken))
        {
            root = written;
            if (buffer.Length >= ChunkBytes)
            {
                yield return buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
                buffer.SetLength(0);
            }
        }
        Invariant.Check(root == _rootPage && pages.NextPageId == PageCount, "the entries were the same both times");
        yield return buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
    }

    /// <summary>Writes the file.</summary>
    public void WriteTo(Stream destination, CancellationToken cancellationToken)
    {
        foreach (var chunk in Chunks(cancellationToken))
        {
            destination.Write(chunk.Span);
        }
        destination.Flush();
    }

    /// <summary>Comes back after every entry; the last thing it gives is the root's page.</summary>
    private IEnumerable<ulong> WriteTrees(BoltPages pages, CancellationToken cancellationToken)
    {
        var roots = new BoltTree(pages, BoltFormat.BucketElement);
        foreach (var bucket in _buckets)
        {
            var tree = new BoltTree(pages, elementFlags: 0);
            foreach (var entry in bucket.Entries)
            {
                cancellationToken.ThrowIfCancellationRequested();
                tree.Add(entry);
                yield return 0;
            }
            var value = new byte[BoltFormat.BucketBytes];
            BinaryPrimitives.WriteUInt64LittleEndian(value, tree.Complete());
            roots.Add(new BoltEntry(Encoding.UTF8.GetBytes(bucket.Name), value));
        }
        yield return roots.Complete();
    }

    private void WriteMeta(Stream destination, ulong page)
    {
        var bytes = new byte[BoltFormat.PageBytes];
        BoltPages.WriteHead(bytes, page, BoltFormat.MetaPage, count: 0, overflow: 0);
        var meta = bytes.AsSpan(BoltFormat.PageHeadBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(meta, BoltFormat.Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(meta[4..], BoltFormat.Version);
        BinaryPrimitives.WriteUInt32LittleEndian(meta[8..], BoltFormat.PageBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(meta[16..], _rootPage);
        BinaryPrimitives.WriteUInt64LittleEndian(meta[32..], BoltFormat.FreelistPageId);
        BinaryPrimitives.WriteUInt64LittleEndian(meta[40..], PageCount);
        // The transaction: the meta page that it is written to is its number's parity.
        BinaryPrimitives.WriteUInt64LittleEndian(meta[48..], page);
        BinaryPrimitives.WriteUInt64LittleEndian(meta[BoltFormat.MetaBytes..], BoltFormat.Fnv(meta[..BoltFormat.MetaBytes]));
        destination.Write(bytes);
    }

    private static void WriteFreelist(Stream destination)
    {
        var bytes = new byte[BoltFormat.PageBytes];
        BoltPages.WriteHead(bytes, BoltFormat.FreelistPageId, BoltFormat.FreelistPage, count: 0, overflow: 0);
        destination.Write(bytes);
    }
}
