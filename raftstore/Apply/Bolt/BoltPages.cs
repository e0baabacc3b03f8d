using System.Buffers.Binary;

namespace Kube.RaftStore.Apply.Bolt;

/// <summary>Gives pages their numbers and writes them, one behind the other.</summary>
/// <param name="destination">Where they go.</param>
/// <param name="isDry">True to number them only.</param>
internal sealed class BoltPages(Stream destination, bool isDry)
{
    private byte[] _buffer = new byte[4 * BoltFormat.PageBytes];

    /// <summary>Number of the next page.</summary>
    public ulong NextPageId { get; private set; } = BoltFormat.FirstFreePageId;

    /// <summary>Writes a page, or a run of pages that counts as one.</summary>
    /// <param name="kind">Branch or leaf.</param>
    /// <param name="elementFlags">Flags of all elements of a leaf.</param>
    /// <param name="elements">What is on it.</param>
    /// <param name="contentBytes">Bytes of all keys and values.</param>
    /// <returns>Its number.</returns>
    public ulong Write(ushort kind, uint elementFlags, List<BoltElement> elements, long contentBytes)
    {
        var size = BoltFormat.PageHeadBytes + (elements.Count * BoltFormat.ElementBytes) + contentBytes;
        var pageCount = (size + BoltFormat.PageBytes - 1) / BoltFormat.PageBytes;
        var id = NextPageId;
        NextPageId += (ulong)pageCount;
        if (!isDry)
        {
            var length = checked((int)(pageCount * BoltFormat.PageBytes));
            if (_buffer.Length < length)
            {
                _buffer = new byte[length];
            }
            var page = _buffer.AsSpan(0, length);
            page.Clear();
            WriteHead(page, id, kind, checked((ushort)elements.Count), (uint)pageCount - 1);
            Fill(page, kind, elementFlags, elements);
            destination.Write(page);
        }
        return id;
    }

    public static void WriteHead(Span<byte> page, ulong id, ushort kind, ushort count, uint overflow)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(page, id);
        BinaryPrimitives.WriteUInt16LittleEndian(page[8..], kind);
        BinaryPrimitives.WriteUInt16LittleEndian(page[10..], count);
        BinaryPrimitives.WriteUInt32LittleEndian(page[12..], overflow);
    }

    private static void Fill(Span<byte> page, ushort kind, uint elementFlags, List<BoltElement> elements)
    {
        var at = BoltFormat.PageHeadBytes;
        var content = at + (elements.Count * BoltFormat.ElementBytes);
        foreach (var element in elements)
        {
            var head = page[at..];
            var position = (uint)(content - at);
            if (kind == BoltFormat.BranchPage)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(head, position);
                BinaryPrimitives.WriteUInt32LittleEndian(head[4..], (uint)element.Key.Length);
                BinaryPrimitives.WriteUInt64LittleEndian(head[8..], element.Child);
            }
            else
            {
                BinaryPrimitives.WriteUInt32LittleEndian(head, elementFlags);
                BinaryPrimitives.WriteUInt32LittleEndian(head[4..], position);
                BinaryPrimitives.WriteUInt32LittleEndian(head[8..], (uint)element.Key.Length);
                BinaryPrimitives.WriteUInt32LittleEndian(head[12..], (uint)element.ValueBytes);
            }
            element.Key.CopyTo(page[content..]);
            content += element.Key.Length;
            element.WriteValue?.Invoke(page.Slice(content, element.ValueBytes));
            content += element.ValueBytes;
            at += BoltFormat.ElementBytes;
        }
    }
}

/// <summary>An element of a branch or a leaf.</summary>
internal readonly record struct BoltElement(byte[] Key, ulong Child, int ValueBytes, Action<Span<byte>>? WriteValue);
