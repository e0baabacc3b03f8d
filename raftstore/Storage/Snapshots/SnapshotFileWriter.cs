using System.Buffers.Binary;
using Kube.RaftStore.Raft;
using Kube.RaftStore.Storage.Device;

namespace Kube.RaftStore.Storage.Snapshots;

/// <summary>Writes a snapshot file under a temporary name.</summary>
internal sealed class SnapshotFileWriter : ISnapshotWriter
{
    private const int SyncEveryBytes = 8 << 20;
    private readonly string _path;
    private readonly string _temporary;
    private readonly FileStream _file;
    private readonly SummingStream _state;
    private bool _committed;

    public SnapshotFileWriter(string path, string temporarySuffix, SnapshotMetadata snapshot, bool hasState)
    {
        _path = path;
        _temporary = path + temporarySuffix;
        _file = new FileStream(_temporary, FileMode.Create, FileAccess.Write, FileShare.Delete, 1 << 16);
        _file.Write(SnapshotHead.Encode(snapshot, hasState));
        _state = new SummingStream(_file);
    }

    public Stream State => _state;

    public void Commit()
    {
        Span<byte> trailer = stackalloc byte[SnapshotHead.TrailerBytes];
        BinaryPrimitives.WriteInt64LittleEndian(trailer, _state.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(trailer[8..], _state.Crc);
        _file.Write(trailer);
        _file.Flush();
        NativeFile.SyncAll(_file.SafeFileHandle, _temporary);
        File.Move(_temporary, _path, overwrite: true);
        NativeFile.SyncDirectory(Path.GetDirectoryName(_path)!);
        _committed = true;
    }

    public void Dispose()
    {
        _file.Dispose();
        if (!_committed)
        {
            File.Delete(_temporary);
        }
    }

    /// <summary>Counts and sums what is written to a file.</summary>
    private sealed class SummingStream(FileStream file) : Stream
    {
        private long _length;
        private long _unsynced;

        public uint Crc { get; private set; }

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => _length;

        public override long Position
        {
            get => _length;
            set => throw new NotSupportedException();
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            file.Write(buffer);
            Crc = Crc32C.Append(Crc, buffer);
            _length += buffer.Length;
            _unsynced += buffer.Length;
            if (_unsynced >= SyncEveryBytes)
            {
                // In small pieces on the way: one large sync at the end makes those of the log wait behind it.
                file.Flush();
                NativeFile.SyncData(file.SafeFileHandle, file.Name);
                _unsynced = 0;
            }
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush() => file.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
