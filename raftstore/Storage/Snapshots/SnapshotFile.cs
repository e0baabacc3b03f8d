using System.Buffers.Binary;
using Kube.RaftStore.Raft;
using Kube.RaftStore.Storage.Device;

namespace Kube.RaftStore.Storage.Snapshots;

/// <summary>Reading and verifying of snapshot files.</summary>
internal static class SnapshotFile
{
    /// <summary>Opens the state in a file, all of it verified.</summary>
    public static Stream OpenState(string path, SnapshotMetadata snapshot)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 16, FileOptions.SequentialScan);
        try
        {
            var (start, length) = Verify(file, path, snapshot);
            file.Position = start;
            return new StateStream(file, length);
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
        file.Position = 0;
        var (snapshot, _) = SnapshotHead.Read(file, path);
        if (snapshot != expected)
        {
            throw new StorageCorruptException(path, 0, $"is the snapshot at {snapshot.Index}, term {snapshot.Term}");
        }

        var start = file.Position;
        var length = file.Length - start - SnapshotHead.TrailerBytes;
        if (length < 0)
        {
            throw new StorageCorruptException(path, file.Length, "the snapshot is cut short");
        }

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

        Span<byte> trailer = stackalloc byte[SnapshotHead.TrailerBytes];
        file.ReadExactly(trailer);
        if (BinaryPrimitives.ReadInt64LittleEndian(trailer) != length || BinaryPrimitives.ReadUInt32LittleEndian(trailer[8..]) != crc)
        {
            throw new StorageCorruptException(path, start + length, "length or checksum of the state do not match");
        }

        return (start, length);
    }

    /// <summary>The part of a file that is the state.</summary>
    private sealed class StateStream(FileStream file, long length) : Stream
    {
        private readonly long _start = file.Position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => length;

        public override long Position
        {
            get => file.Position - _start;
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            var left = length - Position;
            return left <= 0 ? 0 : file.Read(buffer[..(int)Math.Min(buffer.Length, left)]);
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
