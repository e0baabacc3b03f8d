using Kube.RaftStore.Mvcc;
using Kube.RaftStore.Storage;

namespace Kube.RaftStore.Simulation.Disk;

/// <summary>Value files of one process on a <see cref="SimulatedDisk"/>: each piece by itself, durable once it was synced.</summary>
/// <remarks>A place is the number of its piece and the offset in it.</remarks>
internal sealed class SimulatedValueFile(SimulatedDisk disk, IDiskHost host) : IValueFile
{
    private const int OffsetBits = 32;

    public ValueHolds Holds { get; } = new();

    public bool TryAppend(ReadOnlySpan<byte> bytes, out long place)
    {
        host.Step();
        place = 0;
        if (disk.IsFull)
        {
            return false;
        }

        place = disk.AddPiece(bytes.ToArray()) << OffsetBits;
        return true;
    }

    public void Read(long place, Span<byte> into)
    {
        if (!disk.Pieces.TryGetValue(place >> OffsetBits, out var piece))
        {
            throw new StorageFaultException($"no values are at {place}");
        }

        piece.Bytes.AsSpan((int)(place & uint.MaxValue), into.Length).CopyTo(into);
    }

    public void Free(long place, int lengthBytes) => Holds.Free(place, lengthBytes);

    public bool GiveBack()
    {
        if (!Holds.TryTakeFreed(out var place, out _))
        {
            return false;
        }

        host.Step();
        disk.Pieces.Remove(place >> OffsetBits);
        return true;
    }

    public void Sync()
    {
        host.Step();
        host.Spend(disk.SyncUs);
        disk.SyncPieces();
        host.Step();
    }

    public Exception Damaged(long place, string problem) => new StorageCorruptException("simulated values", place, problem);

    /// <summary>Keeps what a snapshot refers to and gives up all else.</summary>
    /// <exception cref="StorageCorruptException">Something that it refers to is not there.</exception>
    public void Recover(IReadOnlyDictionary<long, int> pieces)
    {
        foreach (var (place, lengthBytes) in pieces)
        {
            if (!disk.Pieces.TryGetValue(place >> OffsetBits, out var piece) || piece.Bytes.Length != lengthBytes)
            {
                throw new StorageCorruptException("simulated values", place, "the newest snapshot refers to values that are not there");
            }
        }

        foreach (var number in disk.Pieces.Keys.Where(number => !pieces.ContainsKey(number << OffsetBits)).ToArray())
        {
            disk.Pieces.Remove(number);
        }
    }
}
