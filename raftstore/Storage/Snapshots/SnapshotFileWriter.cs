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
    private readonly StateFrameWriter? _state;
    private readonly Action<bool> _onEnd;
    private bool _committed;

    /// <param name="path">Its final name.</param>
    /// <param name="temporarySuffix">What is behind that until it is complete.</param>
    /// <param name="snapshot">What it is.</param>
    /// <param name="hasState">Whether it has a state, or is the membership alone.</param>
    /// <param name="onEnd">Is told once whether the file got its name.</param>
    public SnapshotFileWriter(string path, string temporarySuffix, SnapshotMetadata snapshot, bool hasState, Action<bool> onEnd)
    {
        _path = path;
        _temporary = path + temporarySuffix;
        _onEnd = onEnd;
        _file = new FileStream(_temporary, FileMode.Create, FileAccess.Write, FileShare.Delete, 1 << 16);
        _file.Write(SnapshotHead.Encode(snapshot, hasState, hasState ? SnapshotHead.Framed : SnapshotHead.Whole));
        _state = hasState ? new StateFrameWriter(new PacedStream(_file)) : null;
    }

    public Stream State => _state ?? throw new InvalidOperationException("the membership alone has no state");

    public void Commit()
    {
        if (_state is null)
        {
            _file.Write(SnapshotHead.Trailer(0, 0));
        }
        else
        {
            _state.WriteEnd();
        }

        _file.Flush();
        NativeFile.SyncAll(_file.SafeFileHandle, _temporary);
        File.Move(_temporary, _path, overwrite: true);
        NativeFile.SyncDirectory(Path.GetDirectoryName(_path)!);
        _committed = true;
        _onEnd(true);
    }

    public void Dispose()
    {
        try
        {
            _file.Dispose();
        }
        finally
        {
            if (!_committed)
            {
                File.Delete(_temporary);
                _onEnd(false);
            }
        }
    }

    /// <summary>Syncs a file on the way.</summary>
    private sealed class PacedStream(FileStream file) : Stream
    {
        private long _unsynced;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => file.Length;

        public override long Position
        {
            get => file.Position;
            set => throw new NotSupportedException();
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            file.Write(buffer);
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
