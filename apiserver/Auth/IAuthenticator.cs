using Microsoft.AspNetCore.Http;

namespace Kube.ApiServer.Auth;

/// <summary>Finds out who makes a request. Thread-safe.</summary>
public interface IAuthenticator
{
    /// <summary>
    /// Null when the request carries no credentials this authenticator knows. Credentials that it knows and that are
    /// wrong are an <see cref="AuthenticationException"/>, which the client sees as 401.
    /// </summary>
    ValueTask<UserInfo?> AuthenticateAsync(HttpContext request, CancellationToken cancellationToken);
}

/// <summary>Credentials were given and are not good. The message is for the log, not for the client.</summary>
public sealed class AuthenticationException(string message) : Exception(message);

/// <summary>Asks several authenticators in turn; the first that knows the credentials decides.</summary>
public sealed class AuthenticatorChain(IReadOnlyList<IAuthenticator> authenticators) : IAuthenticator
{
    public async ValueTask<UserInfo?> AuthenticateAsync(HttpContext request, CancellationToken cancellationToken)
    {
        foreach (var authenticator in authenticators)
        {
            if (await authenticator.AuthenticateAsync(request, cancellationToken).ConfigureAwait(false) is { } user)
            {
                return user;
            }
        }

        return null;
    }
}
