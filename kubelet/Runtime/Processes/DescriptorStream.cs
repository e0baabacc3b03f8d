using System.Runtime.InteropServices;

namespace Kube.Kubelet.Runtime.Processes;

/// <summary>
/// A pipe's or terminal's end as a stream that waits without a thread. Reading 0 bytes means that nobody is left at the other end.
/// One reader or writer at a time; disposing closes the descriptor, and ends a wait under way with
/// <see cref="ObjectDisposedException"/>.
/// </summary>
internal sealed class DescriptorStream : Stream
{
    private readonly DescriptorPoller _poller;
    private readonly Lock _closing = new();
    private readonly int _fd;
    private bool _closed;

    /// <summary>Owns the descriptor, which is made non-blocking.</summary>
    public DescriptorStream(int fd, DescriptorPoller poller)
    {
        _fd = fd;
        _poller = poller;
        int flags = Native.Valid(Native.FileControl(fd, Native.GetFlags, 0), "fcntl");
        Native.Valid(Native.FileControl(fd, Native.SetFlags, flags | Native.NonBlock), "fcntl");
        poller.Add(fd);
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            (nint read, int error) = Try(buffer, write: false);
            if (read >= 0)
            {
                return (int)read;
            }

            switch (error)
            {
                case Native.Eio:
                    // A terminal whose last process has gone.
                    return 0;
                case Native.Eagain:
                    await ReadyAsync(write: false, cancellationToken);
                    break;
                case not Native.Eintr:
                    throw new IOException("read: " + Marshal.GetPInvokeErrorMessage(error));
            }
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            (nint written, int error) = Try(MemoryMarshal.AsMemory(buffer), write: true);
            if (written >= 0)
            {
                buffer = buffer[(int)written..];
            }
            else if (error == Native.Eagain)
            {
                await ReadyAsync(write: true, cancellationToken);
            }
            else if (error != Native.Eintr)
            {
                throw new IOException("write: " + Marshal.GetPInvokeErrorMessage(error));
            }
        }
    }

    /// <summary>Tells the terminal its size.</summary>
    public void Resize(ushort columns, ushort rows)
    {
        lock (_closing)
        {
            if (!_closed)
            {
                Terminal.Resize(_fd, columns, rows);
            }
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("read asynchronously");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("written asynchronously");

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        lock (_closing)
        {
            if (!_closed)
            {
                _closed = true;
                _poller.Remove(_fd);
                _ = Native.Close(_fd);
            }
        }

        base.Dispose(disposing);
    }

    private Task ReadyAsync(bool write, CancellationToken cancellation)
    {
        lock (_closing)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            return _poller.WaitAsync(_fd, write, cancellation);
        }
    }

    /// <summary>One try under the lock, so that no descriptor is used that was closed and given to another.</summary>
    private (nint Count, int Error) Try(Memory<byte> buffer, bool write)
    {
        lock (_closing)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            if (buffer.IsEmpty)
            {
                return (0, 0);
            }

            ref byte first = ref MemoryMarshal.GetReference(buffer.Span);
            nint count = write ? Native.Write(_fd, ref first, buffer.Length) : Native.Read(_fd, ref first, buffer.Length);
            return (count, count < 0 ? Marshal.GetLastPInvokeError() : 0);
        }
    }
}
