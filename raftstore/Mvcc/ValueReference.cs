namespace Kube.RaftStore.Mvcc;

/// <summary>A value in a value file, as a snapshot names it.</summary>
/// <param name="Place">Where the piece begins that it is in.</param>
/// <param name="PieceBytes">How long that piece is.</param>
/// <param name="Offset">Where in the piece the value begins.</param>
/// <param name="Length">Bytes of the value.</param>
/// <param name="Checksum">Their CRC32C.</param>
public readonly record struct ValueReference(long Place, int PieceBytes, int Offset, int Length, uint Checksum)
{
    /// <summary>Whether the value lies within its piece.</summary>
    public bool IsPlausible => Place >= 0 && Offset >= 0 && Length > 0 && PieceBytes - Offset >= Length;
}

/// <summary>A stream to which a value can be written as the place where it lies.</summary>
public interface IValueReferenceSink
{
    /// <summary>Writes a value that must be durable in its file before what is written is relied on.</summary>
    void WriteReference(in ValueReference reference);
}

/// <summary>A stream that may hold values as the places where they lie. Who reads on instead of taking one reads its bytes.</summary>
public interface IValueReferenceSource
{
    /// <summary>Takes the value that comes next, if it is there as a place alone.</summary>
    bool TryTakeReference(out ValueReference reference);
}
