namespace Kube.ApiServer.Auth;

/// <summary>What a request wants, as authorisation sees it.</summary>
public sealed record AuthorizationAttributes
{
    public required UserInfo User { get; init; }

    /// <summary>Kubernetes' verb (get, list, watch, create, update, patch, delete, deletecollection, …) or, for a path, the HTTP method in lower case.</summary>
    public required string Verb { get; init; }

    /// <summary>False for a path that is no resource, such as /healthz.</summary>
    public required bool IsResourceRequest { get; init; }

    public string ApiGroup { get; init; } = "";

    public string ApiVersion { get; init; } = "";

    public string Resource { get; init; } = "";

    public string Subresource { get; init; } = "";

    public string Namespace { get; init; } = "";

    public string Name { get; init; } = "";

    /// <summary>The request's path.</summary>
    public string Path { get; init; } = "";
}

public enum AuthorizationDecision
{
    /// <summary>Nothing speaks for it; another authorizer may.</summary>
    NoOpinion,

    Allow,

    /// <summary>Forbidden whatever another authorizer says.</summary>
    Deny,
}

/// <summary>A decision, and what the client is told when it is not <see cref="AuthorizationDecision.Allow"/>.</summary>
public readonly record struct AuthorizationResult(AuthorizationDecision Decision, string Reason = "")
{
    /// <summary>Why; empty when there is nothing to say, in a default value too.</summary>
    public string Reason { get => field ?? ""; init; } = Reason;
}

/// <summary>Decides what a user may do. Thread-safe.</summary>
public interface IAuthorizer
{
    ValueTask<AuthorizationResult> AuthorizeAsync(AuthorizationAttributes attributes, CancellationToken cancellationToken);
}

/// <summary>Asks several authorizers in turn; the first with an opinion decides.</summary>
public sealed class AuthorizerChain(IReadOnlyList<IAuthorizer> authorizers) : IAuthorizer
{
    public async ValueTask<AuthorizationResult> AuthorizeAsync(AuthorizationAttributes attributes, CancellationToken cancellationToken)
    {
        var reasons = new List<string>();
        foreach (var authorizer in authorizers)
        {
            var result = await authorizer.AuthorizeAsync(attributes, cancellationToken).ConfigureAwait(false);
            if (result.Decision != AuthorizationDecision.NoOpinion)
            {
                return result;
            }

            if (result.Reason.Length > 0)
            {
                reasons.Add(result.Reason);
            }
        }

        return new AuthorizationResult(AuthorizationDecision.NoOpinion, string.Join(", ", reasons));
    }
}

/// <summary>Allows everything to members of system:masters, and the health and version paths to everybody.</summary>
public sealed class SystemMastersAuthorizer : IAuthorizer
{
    private static readonly string[] PublicPaths = ["/healthz", "/livez", "/readyz", "/version"];

    public ValueTask<AuthorizationResult> AuthorizeAsync(AuthorizationAttributes attributes, CancellationToken cancellationToken)
    {
        var allowed = attributes.User.Groups.Contains(UserInfo.MastersGroup)
            || (!attributes.IsResourceRequest && attributes.Verb == "get" && PublicPaths.Any(p => IsUnder(attributes.Path, p)));
        return ValueTask.FromResult(new AuthorizationResult(allowed ? AuthorizationDecision.Allow : AuthorizationDecision.NoOpinion));
    }

    private static bool IsUnder(string path, string root) =>
        path.StartsWith(root, StringComparison.Ordinal) && (path.Length == root.Length || path[root.Length] == '/');
}

/// <summary>Allows everything to everybody: authorization mode AlwaysAllow.</summary>
public sealed class AlwaysAllowAuthorizer : IAuthorizer
{
    public ValueTask<AuthorizationResult> AuthorizeAsync(AuthorizationAttributes attributes, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new AuthorizationResult(AuthorizationDecision.Allow));
}
