using System.Buffers.Binary;
using Kube.RaftStore.Raft;
using Kube.RaftStore.Storage.Device;

namespace Kube.RaftStore.Storage.Snapshots;

/// <summary>Reading and verifying of snapshot files.</summary>
internal static class SnapshotFile
{
    /// <summary>
    /// Opens the state in a file. It is verified as it is read: the read that brings the last bytes throws if
    /// any before were not sound, so nothing may be relied on before the end.
    /// </summary>
    /// <exception cref="StorageCorruptException">It is cut short, or another snapshot.</exception>
    public static Stream OpenState(string path, SnapshotMetadata snapshot)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1, FileOptions.SequentialScan);
        try
        {
            return new StateStream(file, path, LengthOfState(file, path, snapshot));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Verifies a whole file; where its state begins and how long it is.</summary>
    /// <exception cref="StorageCorruptException">It is not sound, or another snapshot.</exception>
    public static (long Start, long Length) Verify(Stream file, string path, SnapshotMetadata expected)
    {
        var length = LengthOfState(file, path, expected);
        var start = file.Position;
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
        return (start, length);
    }

    /// <summary>Reads the head; the file then stands where the state begins.</summary>
    private static long LengthOfState(Stream file, string path, SnapshotMetadata expected)
    {
        file.Position = 0;
        var (snapshot, _) = SnapshotHead.Read(file, path);
        if (snapshot != expected)
        {
            throw new StorageCorruptException(path, 0, $"is the snapshot at {snapshot.Index}, term {snapshot.Term}");
        }

        var length = file.Length - file.Position - SnapshotHead.TrailerBytes;
        return length >= 0 ? length : throw new StorageCorruptException(path, file.Length, "the snapshot is cut short");
    }

    private static void CheckTrailer(Stream file, string path, long length, uint crc)
    {
        var end = file.Position;
        Span<byte> trailer = stackalloc byte[SnapshotHead.TrailerBytes];
        file.ReadExactly(trailer);
        if (BinaryPrimitives.ReadInt64LittleEndian(trailer) != length || BinaryPrimitives.ReadUInt32LittleEndian(trailer[8..]) != crc)
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
            SnapshotFile.Verify(_file, _path, _snapshot);
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
