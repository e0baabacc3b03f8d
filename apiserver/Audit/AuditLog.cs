using System.Buffers;
using System.Diagnostics.Metrics;
using System.Threading.Channels;

namespace Kube.ApiServer.Audit;

/// <summary>
/// Writes audit events to a file, a line of JSON each (audit.k8s.io/v1 Event, level Metadata): who did what to which
/// object and how it ended; no bodies, so no secrets. Writing is off the request's way through a bounded queue; what
/// finds it full is dropped and counted (apiserver_audit_error_total). Dispose it to write out the rest.
/// </summary>
public sealed class AuditLog : IAuditSink, IAsyncDisposable
{
    private const int QueueLength = 16_384;

    /// <summary>So much is gathered before it is written, unless the queue is empty before that.</summary>
    private const int BufferBytes = 64 * 1024;

    private readonly Channel<AuditEvent> _queue = Channel.CreateBounded<AuditEvent>(
        new BoundedChannelOptions(QueueLength) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly Meter _meter;
    private readonly Counter<long> _written;
    private readonly Counter<long> _lost;
    private readonly FileStream _file;
    private readonly Task _writing;

    /// <param name="path">The file, appended to.</param>
    /// <param name="metricsScope">The server whose metrics are kept; null for the process.</param>
    /// <exception cref="IOException">The file can't be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">The file can't be opened.</exception>
    public AuditLog(string path, object? metricsScope = null)
    {
        _meter = new Meter(new MeterOptions("Kube.ApiServer.Audit") { Scope = metricsScope });
        _file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.Append,
            Access = FileAccess.Write,
            Share = FileShare.ReadWrite | FileShare.Delete,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            BufferSize = 0,
        });
        _written = _meter.CreateCounter<long>("apiserver_audit_event_total", description: "Counter of audit events generated and sent to the audit backend.");
        _lost = _meter.CreateCounter<long>("apiserver_audit_error_total", description: "Counter of audit events that failed to be audited properly.");
        _writing = WriteAsync();
    }

    public void Record(AuditEvent auditEvent)
    {
        if (!_queue.Writer.TryWrite(auditEvent))
        {
            _lost.Add(1, new KeyValuePair<string, object?>("plugin", "log"));
        }
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _writing.ConfigureAwait(false);
        await _file.DisposeAsync().ConfigureAwait(false);
        _meter.Dispose();
    }

    private async Task WriteAsync()
    {
        var lines = new ArrayBufferWriter<byte>(BufferBytes);
        using var encoder = new AuditEventEncoder(lines);
        while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            var count = 0;
            while (lines.WrittenCount < BufferBytes && _queue.Reader.TryRead(out var auditEvent))
            {
                encoder.WriteLine(auditEvent);
                count++;
            }

            try
            {
                await _file.WriteAsync(lines.WrittenMemory).ConfigureAwait(false);
                _written.Add(count);
            }
            catch (IOException)
            {
                // A full disk must not stop the server; the loss is counted and shows in the metrics.
                _lost.Add(count, new KeyValuePair<string, object?>("plugin", "log"));
            }

            lines.ResetWrittenCount();
        }
    }
}
