using Microsoft.AspNetCore.Http;

namespace Kube.ApiServer.Auth.Tokens;

/// <summary>Says whether the objects that a token speaks of still exist. Thread-safe.</summary>
public interface IObjectUids
{
    /// <summary>The uid of an object, and whether it is being deleted; null when there is no such object.</summary>
    /// <param name="resource">serviceaccounts, pods, secrets or nodes.</param>
    /// <param name="ns">Empty for nodes.</param>
    /// <param name="name">The object's name.</param>
    ValueTask<(string Uid, DateTimeOffset? DeletedAt)?> FindAsync(string resource, string ns, string name, CancellationToken cancellationToken);
}

/// <summary>Takes the user from a service account token in the Authorization header.</summary>
public sealed class ServiceAccountAuthenticator(ServiceAccountTokens tokens, IObjectUids objects, TimeProvider time) : IAuthenticator
{
    private const string Scheme = "Bearer ";

    /// <summary>A pod's token lives on for this long after the pod's deletion, for its last steps.</summary>
    private static readonly TimeSpan DeletionGrace = TimeSpan.FromSeconds(60);

    public async ValueTask<UserInfo?> AuthenticateAsync(HttpContext request, CancellationToken cancellationToken)
    {
        var header = request.Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var text = header[Scheme.Length..].Trim();
        return tokens.IsOurs(text)
            ? (await VerifyAsync(text, [tokens.Issuer], cancellationToken).ConfigureAwait(false)).ToUser()
            : throw new AuthenticationException("the bearer token is of no known kind");
    }

    /// <summary>Verifies a token and that what it is bound to still exists; TokenReview uses it too.</summary>
    /// <exception cref="AuthenticationException">The token is not good, or not any more.</exception>
    public async ValueTask<ServiceAccountToken> VerifyAsync(
        string text, IReadOnlyList<string> audiences, CancellationToken cancellationToken)
    {
        var token = await tokens.VerifyAsync(text, audiences).ConfigureAwait(false);
        await CheckAsync("serviceaccounts", token.Namespace, new BoundObject("serviceaccounts", token.Name, token.Uid), cancellationToken).ConfigureAwait(false);
        if (token.BoundTo is { } bound)
        {
            await CheckAsync(bound.Resource, bound.Resource == "nodes" ? string.Empty : token.Namespace, bound, cancellationToken).ConfigureAwait(false);
        }

        return token;
    }

    private async ValueTask CheckAsync(string resource, string ns, BoundObject bound, CancellationToken cancellationToken)
    {
        var found = await objects.FindAsync(resource, ns, bound.Name, cancellationToken).ConfigureAwait(false);
        if (found is null || found.Value.Uid != bound.Uid)
        {
            throw new AuthenticationException($"the token's {resource} {ns}/{bound.Name} is gone");
        }

        if (found.Value.DeletedAt is { } deleted && time.GetUtcNow() > deleted + DeletionGrace)
        {
            throw new AuthenticationException($"the token's {resource} {ns}/{bound.Name} has been deleted");
        }
    }
}
