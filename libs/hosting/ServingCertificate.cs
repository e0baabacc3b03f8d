using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Kube.Hosting;

/// <summary>Reads PEM certificates and keys from files, with one-line errors that name the file.</summary>
public static class ServingCertificate
{
    /// <summary>A certificate with its private key. The files may hold intermediate certificates after the first, which are ignored.</summary>
    /// <exception cref="StartupException">A file is missing, unreadable or not PEM, or the key is not the certificate's.</exception>
    public static X509Certificate2 Load(string certificateFile, string keyFile)
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new StartupException($"cannot load certificate {certificateFile} with key {keyFile}: {e.Message}", e);
        }
    }

    /// <summary>The CA certificates of a bundle file.</summary>
    /// <exception cref="StartupException">The file is missing, unreadable or holds no certificate.</exception>
    public static X509Certificate2Collection LoadAuthorities(string bundleFile)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPemFile(bundleFile);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"cannot load CA bundle {bundleFile}: {e.Message}", e);
        }

        return authorities.Count > 0 ? authorities : throw new StartupException($"CA bundle {bundleFile} holds no certificate");
    }

    /// <summary>
    /// True when <paramref name="certificate"/> is valid now and was issued by one of <paramref name="authorities"/>
    /// for the given extended key usage (client authentication 1.3.6.1.5.5.7.3.2, server authentication ….3.1).
    /// No revocation is checked: the cluster's CA publishes none.
    /// </summary>
    public static bool IsTrusted(X509Certificate2 certificate, X509Certificate2Collection authorities, string extendedKeyUsage)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(extendedKeyUsage));
        return chain.Build(certificate);
    }

    /// <summary>Extended key usage of a TLS client.</summary>
    public const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    /// <summary>Extended key usage of a TLS server.</summary>
    public const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
}
