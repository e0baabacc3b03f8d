using System.IO.Pipelines;

namespace Kube.Streams.Tests;

/// <summary>Two ends of a connection in memory. Disposing an end is what closing a socket is to the other.</summary>
internal sealed class DuplexPipe : Stream
{
    private readonly Stream _reading;
    private readonly PipeWriter _writer;
    private readonly PipeReader _reader;

    private DuplexPipe(PipeReader reader, PipeWriter writer)
    {
        _reader = reader;
        _reading = reader.AsStream(leaveOpen: true);
        _writer = writer;
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public static (DuplexPipe Client, DuplexPipe Server) Create(int bufferBytes = 64 * 1024)
    {
        var options = new PipeOptions(pauseWriterThreshold: bufferBytes, resumeWriterThreshold: bufferBytes / 2);
        Pipe up = new(options);
        Pipe down = new(options);
        return (new(down.Reader, up.Writer), new(up.Reader, down.Writer));
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _reading.ReadAsync(buffer, cancellationToken);

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var flushed = await _writer.WriteAsync(buffer, cancellationToken);
        if (flushed.IsCompleted)
        {
            throw new IOException("broken pipe");
        }
    }

    public override ValueTask DisposeAsync()
    {
        _writer.Complete();
        _reader.CancelPendingRead();
        _reader.Complete();
        return ValueTask.CompletedTask;
    }

    protected override void Dispose(bool disposing)
    {
        _writer.Complete();
        base.Dispose(disposing);
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
