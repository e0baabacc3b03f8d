using System.Buffers;
using System.Text.Json;
using Kube.ApiServer.Auth;

namespace Kube.ApiServer.Audit;

/// <summary>
/// Writes audit events as lines of JSON (audit.k8s.io/v1 Event, level Metadata), without a tree in between: every request makes two of
/// them. For one thread at a time.
/// </summary>
internal sealed class AuditEventEncoder(IBufferWriter<byte> lines) : IDisposable
{
    private readonly Utf8JsonWriter _json = new(lines);

    /// <summary>Appends an event and the end of its line.</summary>
    public void WriteLine(AuditEvent e)
    {
        _json.WriteStartObject();
        _json.WriteString("kind"u8, "Event"u8);
        _json.WriteString("apiVersion"u8, "audit.k8s.io/v1"u8);
        _json.WriteString("level"u8, "Metadata"u8);
        _json.WriteString("auditID"u8, e.AuditId);
        _json.WriteString("stage"u8, StageName(e.Stage));
        _json.WriteString("requestURI"u8, e.RequestUri);
        _json.WriteString("verb"u8, e.Request.Verb);
        WriteUsers(e);
        _json.WriteStartArray("sourceIPs"u8);
        _json.WriteStringValue(e.SourceAddress);
        _json.WriteEndArray();
        _json.WriteString("userAgent"u8, e.UserAgent);
        if (e.Request.IsResourceRequest)
        {
            WriteObjectReference(e);
        }

        if (e.Code != 0)
        {
            WriteResponseStatus(e);
        }

        _json.WriteString("requestReceivedTimestamp"u8, Time(e.RequestReceived));
        _json.WriteString("stageTimestamp"u8, Time(e.StageTimestamp));
        WriteAnnotations(e);
        _json.WriteEndObject();
        _json.Flush();
        _json.Reset();
        lines.Write("\n"u8);
    }

    public void Dispose() => _json.Dispose();

    private void WriteUsers(AuditEvent e)
    {
        WriteUser("user"u8, e.ImpersonatedBy ?? e.User);
        if (e.ImpersonatedBy is not null)
        {
            WriteUser("impersonatedUser"u8, e.User);
        }
    }

    private void WriteUser(ReadOnlySpan<byte> name, UserInfo user)
    {
        _json.WriteStartObject(name);
        _json.WriteString("username"u8, user.Name);
        WriteUnlessEmpty("uid"u8, user.Uid);
        _json.WriteStartArray("groups"u8);
        foreach (var group in user.Groups)
        {
            _json.WriteStringValue(group);
        }

        _json.WriteEndArray();
        WriteExtra(user);
        _json.WriteEndObject();
    }

    private void WriteExtra(UserInfo user)
    {
        if (user.Extra.Count == 0)
        {
            return;
        }

        _json.WriteStartObject("extra"u8);
        foreach (var (key, values) in user.Extra)
        {
            _json.WriteStartArray(key);
            foreach (var value in values)
            {
                _json.WriteStringValue(value);
            }

            _json.WriteEndArray();
        }

        _json.WriteEndObject();
    }

    private void WriteObjectReference(AuditEvent e)
    {
        _json.WriteStartObject("objectRef"u8);
        _json.WriteString("resource"u8, e.Request.Resource);
        WriteUnlessEmpty("namespace"u8, e.Request.Namespace);
        WriteUnlessEmpty("name"u8, e.Request.Name);
        WriteUnlessEmpty("apiGroup"u8, e.Request.Group);
        WriteUnlessEmpty("apiVersion"u8, e.Request.Version);
        WriteUnlessEmpty("subresource"u8, e.Request.Subresource);
        _json.WriteEndObject();
    }

    private void WriteResponseStatus(AuditEvent e)
    {
        _json.WriteStartObject("responseStatus"u8);
        _json.WriteStartObject("metadata"u8);
        _json.WriteEndObject();
        if (e.FailureMessage is not null)
        {
            _json.WriteString("status"u8, "Failure"u8);
            _json.WriteString("message"u8, e.FailureMessage);
            _json.WriteString("reason"u8, e.FailureReason);
        }

        _json.WriteNumber("code"u8, e.Code);
        _json.WriteEndObject();
    }

    private void WriteAnnotations(AuditEvent e)
    {
        if (e.Annotations.Count == 0)
        {
            return;
        }

        _json.WriteStartObject("annotations"u8);
        foreach (var (key, value) in e.Annotations)
        {
            _json.WriteString(key, value);
        }

        _json.WriteEndObject();
    }

    private void WriteUnlessEmpty(ReadOnlySpan<byte> name, string value)
    {
        if (value.Length > 0)
        {
            _json.WriteString(name, value);
        }
    }

    private static string StageName(AuditStage stage) => stage switch
    {
        AuditStage.RequestReceived => nameof(AuditStage.RequestReceived),
        AuditStage.ResponseStarted => nameof(AuditStage.ResponseStarted),
        AuditStage.ResponseComplete => nameof(AuditStage.ResponseComplete),
        _ => nameof(AuditStage.Panic),
    };

    private static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
