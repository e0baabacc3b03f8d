using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace Kube.ApiServer.Auth.Tokens;

/// <summary>Reads the keys of service account tokens: RSA (RS256) or ECDSA P-256, P-384, P-521 (ES256, ES384, ES512) in PEM.</summary>
public static class ServiceAccountKeys
{
    /// <summary>Signing credentials from a private key.</summary>
    /// <exception cref="CryptographicException">The text holds no usable private key.</exception>
    public static SigningCredentials Signing(string pem)
    {
        var key = Read(pem);
        return new SigningCredentials(key, AlgorithmOf(key));
    }

    /// <summary>Verification keys from public or private keys, one or more in the text.</summary>
    /// <exception cref="CryptographicException">The text holds no usable key.</exception>
    public static IReadOnlyList<AsymmetricSecurityKey> Verification(string pem)
    {
        var keys = new List<AsymmetricSecurityKey>();
        var rest = pem.AsSpan();
        while (PemEncoding.TryFind(rest, out var fields))
        {
            keys.Add(Read(rest[fields.Location].ToString()));
            rest = rest[fields.Location.End..];
        }

        return keys.Count > 0 ? keys : throw new CryptographicException("no PEM key found");
    }

    private static AsymmetricSecurityKey Read(string pem)
    {
        if (!PemEncoding.TryFind(pem, out var fields))
        {
            throw new CryptographicException("no PEM key found");
        }

        var label = pem[fields.Label];
        try
        {
            return label.Contains("EC ", StringComparison.Ordinal) ? Identify(EllipticCurve(pem)) : Identify(Rsa(pem));
        }
        catch (CryptographicException) when (label is "PRIVATE KEY" or "PUBLIC KEY")
        {
            // The general labels say nothing of the algorithm.
            return Identify(EllipticCurve(pem));
        }
    }

    private static RsaSecurityKey Rsa(string pem)
    {
        var rsa = RSA.Create();
        rsa.ImportFromPem(pem);
        return new RsaSecurityKey(rsa);
    }

    private static ECDsaSecurityKey EllipticCurve(string pem)
    {
        var ecdsa = ECDsa.Create();
        ecdsa.ImportFromPem(pem);
        return new ECDsaSecurityKey(ecdsa);
    }

    /// <summary>The key id is Kubernetes': the base64url SHA-256 of the public key's DER form.</summary>
    private static AsymmetricSecurityKey Identify(AsymmetricSecurityKey key)
    {
        var der = key is RsaSecurityKey rsa ? rsa.Rsa.ExportSubjectPublicKeyInfo() : ((ECDsaSecurityKey)key).ECDsa.ExportSubjectPublicKeyInfo();
        key.KeyId = Base64UrlEncoder.Encode(SHA256.HashData(der));
        return key;
    }

    /// <summary>The name of the algorithm that signs with a key: RS256, ES256 and so on.</summary>
    internal static string AlgorithmOf(AsymmetricSecurityKey key) => key is RsaSecurityKey
        ? SecurityAlgorithms.RsaSha256
        : ((ECDsaSecurityKey)key).ECDsa.KeySize switch
        {
            256 => SecurityAlgorithms.EcdsaSha256,
            384 => SecurityAlgorithms.EcdsaSha384,
            521 => SecurityAlgorithms.EcdsaSha512,
            var size => throw new CryptographicException($"ECDSA keys of {size} bits are not supported"),
        };
}
