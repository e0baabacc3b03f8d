using System.Buffers.Binary;
using Kube.RaftStore.Mvcc;
using Kube.RaftStore.Raft;
using Kube.RaftStore.Storage.Device;

namespace Kube.RaftStore.Storage.Snapshots;

/// <summary>Reading and verifying of snapshot files.</summary>
internal static class SnapshotFile
{
    private const int BufferBytes = 1 << 16;

    /// <summary>
    /// Opens the state in a file. It is verified as it is read: the read that brings the last bytes throws if
    /// any before were not sound, so nothing may be relied on before the end.
    /// </summary>
    /// <exception cref="StorageCorruptException">It is cut short, or another snapshot.</exception>
    public static Stream OpenState(string path, SnapshotMetadata snapshot, IValueFile? values)
    {
        var file = Open(path);
        try
        {
            return ReadHead(file, path, snapshot) == SnapshotHead.Framed
                ? new StateFrameReader(file, path, values)
                : new StateStream(file, path, LengthOfState(file, path));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Opens a file as it is to be sent to a peer.</summary>
    /// <param name="path">The file.</param>
    /// <param name="snapshot">What it is.</param>
    /// <param name="values">Where its values are.</param>
    /// <param name="onDispose">What is to be done when nobody reads any more.</param>
    /// <exception cref="FileNotFoundException">It is gone.</exception>
    public static Stream OpenToSend(string path, SnapshotMetadata snapshot, IValueFile values, Action onDispose)
    {
        var file = Open(path);
        try
        {
            if (ReadHead(file, path, snapshot) == SnapshotHead.Whole)
            {
                file.Position = 0;
                onDispose();
                return file;
            }

            var start = file.Position;
            var trailer = new byte[SnapshotHead.TrailerBytes];
            file.Position = Math.Max(start, file.Length - trailer.Length);
            file.ReadExactly(trailer);
            file.Position = start;
            return new ExpandedSnapshot(
                SnapshotHead.Encode(snapshot, hasState: true), new StateFrameReader(file, path, values), BinaryPrimitives.ReadInt64LittleEndian(trailer), onDispose);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The pieces of value files to which a file refers, and their lengths. Verifies it, without the values, if it is one that can refer to any.</summary>
    /// <exception cref="StorageCorruptException">It is not sound.</exception>
    public static Dictionary<long, int> PiecesOf(string path, SnapshotMetadata snapshot)
    {
        var pieces = new Dictionary<long, int>();
        using var state = OpenState(path, snapshot, values: null);
        if (state is StateFrameReader frames)
        {
            frames.Walk(reference =>
            {
                if (!pieces.TryAdd(reference.Place, reference.PieceBytes) && pieces[reference.Place] != reference.PieceBytes)
                {
                    throw new StorageCorruptException(path, frames.FilePosition, $"a value is in a piece at {reference.Place} that others have with another length");
                }
            });
        }

        return pieces;
    }

    /// <summary>Verifies a file, without the values to which it refers.</summary>
    /// <exception cref="StorageCorruptException">It is not sound.</exception>
    public static void VerifyWithoutValues(string path, SnapshotMetadata snapshot)
    {
        using var state = OpenState(path, snapshot, values: null);
        if (state is StateFrameReader frames)
        {
            frames.Walk(static _ => { });
        }
        else
        {
            state.CopyTo(Stream.Null);
        }
    }

    /// <summary>Verifies a file that refers to nothing.</summary>
    /// <exception cref="StorageCorruptException">It is not sound, or another snapshot.</exception>
    public static void VerifyWhole(Stream file, string path, SnapshotMetadata expected)
    {
        if (ReadHead(file, path, expected) != SnapshotHead.Whole)
        {
            throw new StorageCorruptException(path, 8, "the snapshot refers to values that are not in it");
        }

        var length = LengthOfState(file, path);
        uint crc = 0;
        var buffer = new byte[1 << 18];
        for (var left = length; left > 0;)
        {
            var count = file.Read(buffer, 0, (int)Math.Min(buffer.Length, left));
            if (count == 0)
            {
                throw new StorageCorruptException(path, file.Position, "the snapshot is cut short");
            }

            crc = Crc32C.Append(crc, buffer.AsSpan(0, count));
            left -= count;
        }

        CheckTrailer(file, path, length, crc);
    }

    private static FileStream Open(string path) =>
        new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, BufferBytes, FileOptions.SequentialScan);

    /// <summary>Reads the head and says its version; the file then stands where the state begins.</summary>
    private static uint ReadHead(Stream file, string path, SnapshotMetadata expected)
    {
        file.Position = 0;
        var (snapshot, version) = SnapshotHead.Read(file, path);
        return snapshot == expected
            ? version
            : throw new StorageCorruptException(path, 0, $"is the snapshot at {snapshot.Index}, term {snapshot.Term}");
    }

    /// <summary>How much stands between where the file is and its trailer.</summary>
    private static long LengthOfState(Stream file, string path)
    {
        var length = file.Length - file.Position - SnapshotHead.TrailerBytes;
        return length >= 0 ? length : throw new StorageCorruptException(path, file.Length, "the snapshot is cut short");
    }

    /// <summary>Reads what stands behind a state, which must be the file's end.</summary>
    /// <exception cref="StorageCorruptException">The state is not what was written.</exception>
    public static void CheckTrailer(Stream file, string path, long length, uint crc)
    {
        var end = file.Position;
        Span<byte> trailer = stackalloc byte[SnapshotHead.TrailerBytes];
        if (file.ReadAtLeast(trailer, trailer.Length, throwOnEndOfStream: false) < trailer.Length || file.Position != file.Length
            || BinaryPrimitives.ReadInt64LittleEndian(trailer) != length || BinaryPrimitives.ReadUInt32LittleEndian(trailer[8..]) != crc)
        {
            throw new StorageCorruptException(path, end, "length or checksum of the state do not match");
        }
    }

    /// <summary>The part of a file that is the state, verified when its end is reached.</summary>
    private sealed class StateStream(FileStream file, string path, long length) : Stream
    {
        private long _read;
        private uint _crc;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => length;

        public override long Position
        {
            get => _read;
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            var count = file.Read(buffer[..(int)Math.Min(buffer.Length, length - _read)]);
            if (count == 0)
            {
                return buffer.IsEmpty || _read == length ? 0 : throw new StorageCorruptException(path, file.Position, "the snapshot is cut short");
            }

            _crc = Crc32C.Append(_crc, buffer[..count]);
            _read += count;
            if (_read == length)
            {
                CheckTrailer(file, path, length, _crc);
            }

            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                file.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}

/// <summary>Receives a snapshot file from a peer, byte for byte.</summary>
internal sealed class SnapshotReceiver : IReceivedSnapshot
{
    private readonly string _path;
    private readonly string _completePath;
    private readonly SnapshotMetadata _snapshot;
    private readonly FileStream _file;

    public SnapshotReceiver(string path, string completePath, SnapshotMetadata snapshot)
    {
        _path = path;
        _completePath = completePath;
        _snapshot = snapshot;
        _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Delete);
        _file.Position = _file.Length;
    }

    public long OffsetBytes => _file.Length;

    public void Write(ReadOnlySpan<byte> chunk) => _file.Write(chunk);

    public void Complete()
    {
        try
        {
            SnapshotFile.VerifyWhole(_file, _path, _snapshot);
        }
        catch (StorageCorruptException)
        {
            _file.SetLength(0);
            throw;
        }

        _file.Flush();
        NativeFile.SyncAll(_file.SafeFileHandle, _path);
        File.Move(_path, _completePath, overwrite: true);
        NativeFile.SyncDirectory(Path.GetDirectoryName(_path)!);
    }

    public void Dispose() => _file.Dispose();
}
