using Kube.Api.Errors;
using Kube.ApiServer.Audit;
using Kube.ApiServer.Auth;
using Kube.ApiServer.Requests;
using Microsoft.AspNetCore.Http;

namespace Kube.ApiServer.Endpoints;

/// <summary>Gathers what the audit events of one request say. For one thread at a time.</summary>
internal sealed class AuditTrail(IAuditSink sink, HttpContext http, RequestInfo info, string auditId, DateTimeOffset received, TimeProvider time)
{
    public UserInfo User { get; set; } = UserInfo.Anonymous;

    public UserInfo? ImpersonatedBy { get; set; }

    public KubeStatus? Failure { get; set; }

    /// <summary>Name of the object that a create makes, once it is known: the path does not say it.</summary>
    public string ObjectName { get; set; } = "";

    public Dictionary<string, string> Annotations { get; } = [];

    public void Record(AuditStage stage, int code)
    {
        if (sink is NoAudit)
        {
            return;
        }

        sink.Record(new AuditEvent
        {
            AuditId = auditId,
            Stage = stage,
            Request = info.Name.Length == 0 && ObjectName.Length > 0 ? info with { Name = ObjectName } : info,
            RequestUri = http.Request.Path + http.Request.QueryString,
            User = User,
            ImpersonatedBy = ImpersonatedBy,
            SourceAddress = http.Connection.RemoteIpAddress?.ToString(),
            UserAgent = http.Request.Headers.UserAgent.ToString() is { Length: > 0 } agent ? agent : null,
            Code = code,
            FailureReason = Failure?.Reason,
            FailureMessage = Failure?.Message,
            RequestReceived = received,
            StageTimestamp = time.GetUtcNow(),
            Annotations = new Dictionary<string, string>(Annotations),
        });
    }
}
