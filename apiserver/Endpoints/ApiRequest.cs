using Kube.Api.Validation;
using Kube.ApiServer.Auth;
using Kube.ApiServer.Registry;
using Kube.ApiServer.Requests;
using Microsoft.AspNetCore.Http;

namespace Kube.ApiServer.Endpoints;

/// <summary>One request on its way through the handlers. For one thread at a time.</summary>
internal sealed class ApiRequest
{
    private const int MaxFieldManagerLength = 128;

    public required HttpContext Http { get; init; }

    public required RequestInfo Info { get; init; }

    public required UserInfo User { get; init; }

    /// <summary>Ends with the client, the server or the request's time limit.</summary>
    public required CancellationToken Aborted { get; init; }

    /// <summary>Ends when the server stops: long streams close.</summary>
    public required CancellationToken Stopping { get; init; }

    /// <summary>What the audit log gets to know of the request.</summary>
    public AuditTrail? Trail { get; init; }

    /// <summary>Told once a watch has sent the state that it begins with: from then on it takes no seats of priority and fairness.</summary>
    public Action Initialized { get; init; } = () => { };

    /// <summary>Asks whether the user may do another verb to the same object; throws 403 when not.</summary>
    public required Func<ApiRequest, string, ValueTask> RequireVerb { get; init; }

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
                    throw ApiErrors.Invalid(OptionsKind, "meta.k8s.io", "", [FieldError.NotSupported("dryRun", System.Text.Json.Nodes.JsonValue.Create(value), ["All"])]);
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
        FieldManager = FieldManager,
        Subresource = Info.Subresource,
        Warnings = Warnings,
        AuditAnnotations = AuditAnnotations,
    };

    /// <summary>The fieldManager parameter, else the first word of the user agent, as Kubernetes names a manager that doesn't name itself.</summary>
    /// <exception cref="Kube.Api.Errors.KubeStatusException">422: the parameter is too long or not printable.</exception>
    public string FieldManager
    {
        get
        {
            if (Query("fieldManager") is { Length: > 0 } given)
            {
                return CheckedFieldManager(given);
            }

            var agent = Http.Request.Headers.UserAgent.ToString();
            var slash = agent.IndexOf('/', StringComparison.Ordinal);
            var name = string.Concat((slash < 0 ? agent : agent[..slash]).Where(c => !char.IsControl(c)));
            return name.Length == 0 ? "unknown" : name.Length > MaxFieldManagerLength ? name[..MaxFieldManagerLength] : name;
        }
    }

    private string CheckedFieldManager(string given)
    {
        if (System.Text.Encoding.UTF8.GetByteCount(given) > MaxFieldManagerLength)
        {
            throw ApiErrors.Invalid(OptionsKind, "meta.k8s.io", "", [FieldError.TooLong("fieldManager", MaxFieldManagerLength)]);
        }

        return given.Any(char.IsControl)
            ? throw ApiErrors.Invalid(OptionsKind, "meta.k8s.io", "", [FieldError.Invalid("fieldManager", System.Text.Json.Nodes.JsonValue.Create(given), "should only contain printable characters")])
            : given;
    }
}
