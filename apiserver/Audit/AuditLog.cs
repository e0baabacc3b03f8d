using System.Diagnostics.Metrics;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Kube.ApiServer.Auth;

namespace Kube.ApiServer.Audit;

/// <summary>
/// Writes audit events to a file, a line of JSON each (audit.k8s.io/v1 Event, level Metadata): who did what to which
/// object and how it ended; no bodies, so no secrets. Writing is off the request's way through a bounded queue; what
/// finds it full is dropped and counted (apiserver_audit_error_total). Dispose it to write out the rest.
/// </summary>
public sealed class AuditLog : IAuditSink, IAsyncDisposable
{
    private const int QueueLength = 16_384;

    private readonly Channel<AuditEvent> _queue = Channel.CreateBounded<AuditEvent>(
        new BoundedChannelOptions(QueueLength) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly Meter _meter;
    private readonly Counter<long> _written;
    private readonly Counter<long> _lost;
    private readonly StreamWriter _file;
    private readonly Task _writing;

    /// <param name="path">The file, appended to.</param>
    /// <param name="metricsScope">The server whose metrics are kept; null for the process.</param>
    /// <exception cref="IOException">The file can't be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">The file can't be opened.</exception>
    public AuditLog(string path, object? metricsScope = null)
    {
        _meter = new Meter(new MeterOptions("Kube.ApiServer.Audit") { Scope = metricsScope });
        _file = new StreamWriter(
            new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.Append,
                Access = FileAccess.Write,
                Share = FileShare.ReadWrite | FileShare.Delete,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }),
            new UTF8Encoding(false));
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
        while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            try
            {
                var count = 0;
                while (_queue.Reader.TryRead(out var auditEvent))
                {
                    await _file.WriteAsync(ToJson(auditEvent).ToJsonString() + "\n").ConfigureAwait(false);
                    count++;
                }

                await _file.FlushAsync().ConfigureAwait(false);
                _written.Add(count);
            }
            catch (IOException)
            {
                // A full disk must not stop the server; the loss is counted and shows in the metrics.
                _lost.Add(1, new KeyValuePair<string, object?>("plugin", "log"));
            }
        }
    }

    private static JsonObject ToJson(AuditEvent e)
    {
        var json = new JsonObject
        {
            ["kind"] = "Event",
            ["apiVersion"] = "audit.k8s.io/v1",
            ["level"] = "Metadata",
            ["auditID"] = e.AuditId,
            ["stage"] = e.Stage.ToString(),
            ["requestURI"] = e.RequestUri,
            ["verb"] = e.Request.Verb,
            ["user"] = User(e.User),
        };
        if (e.ImpersonatedBy is { } real)
        {
            json["user"] = User(real);
            json["impersonatedUser"] = User(e.User);
        }

        json["sourceIPs"] = new JsonArray(e.SourceAddress);
        json["userAgent"] = e.UserAgent;
        if (e.Request.IsResourceRequest)
        {
            json["objectRef"] = ObjectReference(e);
        }

        if (e.Code != 0)
        {
            json["responseStatus"] = ResponseStatus(e);
        }

        json["requestReceivedTimestamp"] = Time(e.RequestReceived);
        json["stageTimestamp"] = Time(e.StageTimestamp);
        if (e.Annotations.Count > 0)
        {
            json["annotations"] = new JsonObject(e.Annotations.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)));
        }

        return json;
    }

    private static JsonObject ObjectReference(AuditEvent e)
    {
        var reference = new JsonObject { ["resource"] = e.Request.Resource };
        void Add(string name, string value)
        {
            if (value.Length > 0)
            {
                reference[name] = value;
            }
        }

        Add("namespace", e.Request.Namespace);
        Add("name", e.Request.Name);
        Add("apiGroup", e.Request.Group);
        Add("apiVersion", e.Request.Version);
        Add("subresource", e.Request.Subresource);
        return reference;
    }

    private static JsonObject ResponseStatus(AuditEvent e)
    {
        var status = new JsonObject { ["metadata"] = new JsonObject() };
        if (e.FailureMessage is not null)
        {
            status["status"] = "Failure";
            status["message"] = e.FailureMessage;
            status["reason"] = e.FailureReason;
        }

        status["code"] = e.Code;
        return status;
    }

    private static JsonObject User(UserInfo user)
    {
        var json = new JsonObject { ["username"] = user.Name };
        if (user.Uid.Length > 0)
        {
            json["uid"] = user.Uid;
        }

        json["groups"] = new JsonArray([.. user.Groups.Select(group => (JsonNode)group)]);
        return json;
    }

    private static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
