namespace Kube.RaftStore.Storage.Records;

/// <summary>The sizes of a log's parts, powers of two that never change in a data directory.</summary>
/// <param name="PageBits">Records do not cross a page.</param>
/// <param name="SegmentBits">A file each.</param>
public sealed record LogGeometry(int PageBits = 22, int SegmentBits = 26)
{
    /// <summary>Where FasterLog puts the first record of all.</summary>
    public const long FirstAddress = 64;

    public long PageBytes => 1L << PageBits;

    public long SegmentBytes => 1L << SegmentBits;

    /// <summary>The most data a record can carry.</summary>
    public int MaxDataBytes => (int)PageBytes - LogRecord.FrameBytes - LogRecord.HeadBytes - (int)FirstAddress;

    /// <summary>Where a record of <paramref name="size"/> bytes goes that is appended at <paramref name="tail"/>:
    /// there, or to the next page where the rest of this one is too small.</summary>
    public long Place(long tail, int size)
    {
        var offset = tail & (PageBytes - 1);
        return offset + size <= PageBytes ? tail : tail - offset + PageBytes;
    }
}
