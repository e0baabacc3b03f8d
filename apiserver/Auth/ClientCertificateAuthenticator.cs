using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;

namespace Kube.ApiServer.Auth;

/// <summary>
/// Takes the user from a verified client certificate: common name is the user, each organisation a group. The TLS
/// handshake has checked the chain and the purpose against the client CA before a request is seen.
/// </summary>
public sealed class ClientCertificateAuthenticator : IAuthenticator
{
    private const string CommonName = "2.5.4.3";
    private const string Organization = "2.5.4.10";

    /// <summary>A connection shows one certificate for all its requests: it is read once, and goes with the connection.</summary>
    private readonly ConditionalWeakTable<X509Certificate2, UserInfo?> _users = [];

    public ValueTask<UserInfo?> AuthenticateAsync(HttpContext request, CancellationToken cancellationToken) =>
        ValueTask.FromResult(request.Connection.ClientCertificate is { } certificate ? _users.GetValue(certificate, FromCertificate) : null);

    /// <summary>The user a certificate stands for, or null when it has no common name.</summary>
    internal static UserInfo? FromCertificate(X509Certificate2 certificate)
    {
        string? name = null;
        var groups = new List<string>();
        foreach (var part in certificate.SubjectName.EnumerateRelativeDistinguishedNames(reversed: false))
        {
            if (part.HasMultipleElements)
            {
                continue;
            }

            switch (part.GetSingleElementType().Value)
            {
                case CommonName:
                    name = part.GetSingleElementValue();
                    break;
                case Organization:
                    groups.Add(part.GetSingleElementValue() ?? "");
                    break;
            }
        }

        if (string.IsNullOrEmpty(name))
        {
            return null;
        }

        groups.Add(UserInfo.AuthenticatedGroup);
        return new UserInfo(name, [.. groups]);
    }
}
