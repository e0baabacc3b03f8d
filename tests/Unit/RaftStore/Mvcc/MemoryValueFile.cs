using Kube.RaftStore.Mvcc;

namespace Kube.RaftStore.Tests.Mvcc;

/// <summary>A disk in memory that may be full.</summary>
internal sealed class MemoryValueFile : IValueFile
{
    private readonly Dictionary<long, byte[]> _pieces = [];
    private readonly Queue<long> _freed = new();
    private long _end;

    public bool HasRoom { get; set; } = true;

    public int Refused { get; private set; }

    public long WrittenBytes { get; private set; }

    public bool TryAppend(ReadOnlySpan<byte> bytes, out long place)
    {
        place = _end;
        if (!HasRoom)
        {
            Refused++;
            return false;
        }
        _pieces[place] = bytes.ToArray();
        _end += bytes.Length + 1;
        WrittenBytes += bytes.Length;
        return true;
    }

    public void Read(long place, Span<byte> into)
    {
        var piece = _pieces.First(piece => piece.Key <= place && place < piece.Key + piece.Value.Length);
        piece.Value.AsSpan((int)(place - piece.Key), into.Length).CopyTo(into);
    }

    public void Free(long place, int lengthBytes)
    {
        Assert.Equal(lengthBytes, _pieces[place].Length);
        Assert.DoesNotContain(place, _freed);
        _freed.Enqueue(place);
    }

    public bool GiveBack() => _freed.TryDequeue(out var place) && _pieces.Remove(place);

    public void Sync()
    {
    }

    public Exception Damaged(long place, string problem) => new InvalidDataException($"{place}: {problem}");
}
