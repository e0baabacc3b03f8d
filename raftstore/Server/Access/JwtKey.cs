using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.IdentityModel.Tokens;

namespace Kube.RaftStore.Server.Access;

/// <summary>
/// The key of <see cref="JwtTokens"/> for one of the methods RS256 to RS512, PS256 to PS512, ES256 to ES512 (a private key, or a public one
/// that can only verify) and HS256 to HS512 (a shared secret).
/// </summary>
public sealed class JwtKey
{
    private JwtKey(string method, SecurityKey securityKey, bool canSign) => (Method, SecurityKey, CanSign) = (method, securityKey, canSign);

    /// <summary>The method, as the header alg of a token names it.</summary>
    public string Method { get; }

    /// <summary>Whether it can sign and not only verify.</summary>
    public bool CanSign { get; }

    internal SecurityKey SecurityKey { get; }

    /// <summary>Makes a key of what the files hold.</summary>
    /// <param name="method">The method.</param>
    /// <param name="publicPem">Public key or certificate in PEM; null for none.</param>
    /// <param name="privateData">Private key in PEM, or a shared secret as it is; null for none.</param>
    /// <exception cref="ArgumentException">They make no key for the method; the message is etcd's where etcd has one.</exception>
    public static JwtKey Create(string method, string? publicPem, byte[]? privateData)
    {
        if (method is not ['R' or 'P' or 'E' or 'H', 'S', '2', '5', '6'] and not ['R' or 'P' or 'E' or 'H', 'S', '3', '8', '4'] and not ['R' or 'P' or 'E' or 'H', 'S', '5', '1', '2'])
        {
            throw new ArgumentException("auth: invalid auth signature method");
        }
        if (method[0] == 'H')
        {
            return OfSecret(method, privateData);
        }
        if (privateData is null && publicPem is null)
        {
            throw new ArgumentException("auth: missing key data");
        }
        try
        {
            return method[0] == 'E' ? OfCurve(method, publicPem, ToText(privateData)) : OfRsa(method, publicPem, ToText(privateData));
        }
        catch (CryptographicException e)
        {
            throw new ArgumentException($"the key is not one for {method}: {e.Message}", e);
        }
    }

    private static JwtKey OfSecret(string method, byte[]? secret)
    {
        if (secret is not { Length: > 0 })
        {
            throw new ArgumentException("auth: missing key data");
        }
        var leastBytes = int.Parse(method.AsSpan(2), CultureInfo.InvariantCulture) / 8;
        // RFC 7518, 3.2: a key as long as the hash, at least. etcd takes any.
        return secret.Length >= leastBytes
            ? new JwtKey(method, new SymmetricSecurityKey(secret), canSign: true)
            : throw new ArgumentException($"a secret for {method} must have at least {leastBytes} bytes; this one has {secret.Length}");
    }

    private static JwtKey OfRsa(string method, string? publicPem, string? privatePem)
    {
        using var ours = privatePem is null ? null : Import(RSA.Create(), privatePem);
        using var known = publicPem is null ? null : ImportPublic(publicPem, RSA.Create, static certificate => certificate.GetRSAPublicKey());
        if (ours is not null && known is not null && !ours.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(known.ExportSubjectPublicKeyInfo()))
        {
            throw new ArgumentException("auth: public and private keys don't match");
        }
        var key = (ours ?? known)!;
        return key.KeySize >= 2048
            ? new JwtKey(method, new RsaSecurityKey(key.ExportParameters(ours is not null)), canSign: ours is not null)
            : throw new ArgumentException($"an RSA key for {method} must have at least 2048 bits; this one has {key.KeySize}");
    }

    private static JwtKey OfCurve(string method, string? publicPem, string? privatePem)
    {
        var ours = privatePem is null ? null : Import(ECDsa.Create(), privatePem);
        var known = publicPem is null ? null : ImportPublic(publicPem, ECDsa.Create, static certificate => certificate.GetECDsaPublicKey());
        if (ours is not null && known is not null && !ours.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(known.ExportSubjectPublicKeyInfo()))
        {
            throw new ArgumentException("auth: public and private keys don't match");
        }
        var key = (ours ?? known)!;
        var bits = method == "ES512" ? 521 : int.Parse(method.AsSpan(2), CultureInfo.InvariantCulture);
        return key.KeySize == bits
            ? new JwtKey(method, new ECDsaSecurityKey(key), canSign: ours is not null)
            : throw new ArgumentException($"a key for {method} must be of a curve of {bits} bits; this one has {key.KeySize}");
    }

    private static T Import<T>(T key, string pem)
        where T : AsymmetricAlgorithm
    {
        try
        {
            key.ImportFromPem(pem);
        }
        catch (ArgumentException e)
        {
            throw new CryptographicException(e.Message, e);
        }
        return key;
    }

    private static T ImportPublic<T>(string pem, Func<T> create, Func<X509Certificate2, T?> ofCertificate)
        where T : AsymmetricAlgorithm
    {
        if (!pem.Contains("BEGIN CERTIFICATE", StringComparison.Ordinal))
        {
            return Import(create(), pem);
        }
        using var certificate = X509Certificate2.CreateFromPem(pem);
        return ofCertificate(certificate) ?? throw new CryptographicException("the certificate is of another kind of key");
    }

    private static string? ToText(byte[]? pem) => pem is null ? null : Encoding.UTF8.GetString(pem);
}
