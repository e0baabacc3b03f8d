namespace Kube.RaftStore.Apply.Bolt;

/// <summary>
/// The file of bbolt, etcd's database (go.etcd.io/bbolt): pages, all numbers little-endian. Pages 0 and 1 are meta
/// pages, of which the sound one with the higher transaction counts. Buckets are B+trees; the one at the meta page's
/// root holds, under each bucket's name, where that bucket's tree begins.
/// </summary>
/// <remarks>
/// A page begins with its number (64 bits), kind (16), count of elements (16) and how many pages beyond the first it
/// takes (32). A branch element is position (32), key length (32) and child page (64); a leaf element flags (32),
/// position (32), key length (32), value length (32); positions count from the element's own start.
/// </remarks>
internal static class BoltFormat
{
    public const int PageBytes = 4096;
    public const int PageHeadBytes = 16;
    public const int ElementBytes = 16;
    public const ushort BranchPage = 1;
    public const ushort LeafPage = 2;
    public const ushort MetaPage = 4;
    public const ushort FreelistPage = 16;

    /// <summary>Flag of a leaf element that is a bucket; its value is root page (64 bits) and sequence (64 bits).</summary>
    public const uint BucketElement = 1;
    public const int BucketBytes = 16;

    public const uint Magic = 0xED0CDAED;
    public const uint Version = 2;

    /// <summary>Bytes of a meta page behind its head that the checksum covers.</summary>
    public const int MetaBytes = 56;

    public const ulong FreelistPageId = 2;
    public const ulong FirstFreePageId = 3;

    /// <summary>FNV-1a of 64 bits, the checksum of a meta page.</summary>
    public static ulong Fnv(ReadOnlySpan<byte> bytes)
    {
        var hash = 14695981039346656037;
        foreach (var b in bytes)
        {
            hash = (hash ^ b) * 1099511628211;
        }
        return hash;
    }
}
