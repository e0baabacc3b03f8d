using Kube.ApiServer.Auth;
using Kube.ApiServer.Registry;
using Kube.ApiServer.Requests;
using Microsoft.AspNetCore.Http;

namespace Kube.ApiServer.Endpoints;

/// <summary>One request on its way through the handlers. For one thread at a time.</summary>
internal sealed class ApiRequest
{
    public required HttpContext Http { get; init; }

    public required RequestInfo Info { get; init; }

    public required UserInfo User { get; init; }

    /// <summary>Ends with the client, the server or the request's time limit.</summary>
    public required CancellationToken Aborted { get; init; }

    /// <summary>Ends when the server stops: long streams close.</summary>
    public required CancellationToken Stopping { get; init; }

    /// <summary>What the audit log gets to know of the request.</summary>
    public AuditTrail? Trail { get; init; }

    public List<string> Warnings { get; } = [];

    public Dictionary<string, string> AuditAnnotations { get; init; } = [];

    public string? Query(string name) => Http.Request.Query.TryGetValue(name, out var value) && value.Count > 0 ? value[0] : null;

    /// <summary>True when the request only asks what would happen.</summary>
    public bool IsDryRun
    {
        get
        {
            if (!Http.Request.Query.TryGetValue("dryRun", out var values))
            {
                return false;
            }

            foreach (var value in values)
            {
                if (value != "All")
                {
                    throw ApiErrors.Invalid(OptionsKind, "meta.k8s.io", "", [Kube.Api.Validation.FieldError.NotSupported("dryRun", System.Text.Json.Nodes.JsonValue.Create(value), ["All"])]);
                }
            }

            return values.Count > 0;
        }
    }

    private string OptionsKind => Info.Verb switch
    {
        "create" => "CreateOptions",
        "update" => "UpdateOptions",
        "patch" => "PatchOptions",
        _ => "DeleteOptions",
    };

    /// <summary>The write's context, with this request's user, options and places for warnings.</summary>
    public WriteContext Write(bool? dryRun = null) => new()
    {
        User = User,
        DryRun = dryRun ?? IsDryRun,
        FieldManager = Query("fieldManager") ?? DefaultFieldManager(Http.Request.Headers.UserAgent.ToString()),
        Subresource = Info.Subresource,
        Warnings = Warnings,
        AuditAnnotations = AuditAnnotations,
    };

    /// <summary>The first word of the user agent, as Kubernetes names a manager that doesn't name itself.</summary>
    private static string DefaultFieldManager(string userAgent)
    {
        var slash = userAgent.IndexOf('/');
        var name = slash < 0 ? userAgent : userAgent[..slash];
        return name.Length > 128 ? name[..128] : name;
    }
}
