using Kube.ApiServer.Auth;
using Kube.ApiServer.Requests;

namespace Kube.ApiServer.Audit;

public enum AuditStage
{
    RequestReceived,

    /// <summary>Headers are sent and the body goes on: watches and logs.</summary>
    ResponseStarted,

    ResponseComplete,

    Panic,
}

/// <summary>One stage of one request.</summary>
public sealed record AuditEvent
{
    /// <summary>Same for all stages of a request; also the Audit-ID header of the response.</summary>
    public required string AuditId { get; init; }

    public required AuditStage Stage { get; init; }

    public required RequestInfo Request { get; init; }

    /// <summary>Path and query as the client sent them.</summary>
    public required string RequestUri { get; init; }

    public required UserInfo User { get; init; }

    /// <summary>The user behind <see cref="User"/> when it is impersonated.</summary>
    public UserInfo? ImpersonatedBy { get; init; }

    public required string? SourceAddress { get; init; }

    public required string? UserAgent { get; init; }

    /// <summary>HTTP status; 0 before the response.</summary>
    public int Code { get; init; }

    /// <summary>Reason and message of a Status error answer.</summary>
    public string? FailureReason { get; init; }

    public string? FailureMessage { get; init; }

    public required DateTimeOffset RequestReceived { get; init; }

    public required DateTimeOffset StageTimestamp { get; init; }

    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();
}

/// <summary>Takes audit events. Must not block: called on the request's way. Thread-safe.</summary>
public interface IAuditSink
{
    void Record(AuditEvent auditEvent);
}

/// <summary>Keeps nothing: the sink of a server that was given no audit log.</summary>
public sealed class NoAudit : IAuditSink
{
    public static NoAudit Instance { get; } = new();

    public void Record(AuditEvent auditEvent)
    {
    }
}
