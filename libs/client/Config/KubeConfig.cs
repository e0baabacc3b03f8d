using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Kube.Client.Rest;

namespace Kube.Client.Config;

/// <summary>
/// A kubeconfig file: clusters, users and the contexts that join them. Immutable. Files that it names are read by
/// <see cref="ToOptions"/>, relative to the kubeconfig's own folder.
/// </summary>
public sealed partial class KubeConfig
{
    private readonly string _baseDirectory;

    private KubeConfig(string baseDirectory) => _baseDirectory = baseDirectory;

    /// <summary>Context used when none is asked for; empty when the file names none.</summary>
    public string CurrentContext { get; private init; } = "";

    public IReadOnlyDictionary<string, KubeConfigCluster> Clusters { get; private init; } = new Dictionary<string, KubeConfigCluster>();

    public IReadOnlyDictionary<string, KubeConfigUser> Users { get; private init; } = new Dictionary<string, KubeConfigUser>();

    public IReadOnlyDictionary<string, KubeConfigContext> Contexts { get; private init; } = new Dictionary<string, KubeConfigContext>();

    /// <summary>Reads a kubeconfig. Throws <see cref="KubeConfigException"/> when it is missing or malformed.</summary>
    public static KubeConfig Load(string path)
    {
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KubeConfigException($"cannot read kubeconfig {path}: {e.Message}", e);
        }

        return Parse(text, Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/");
    }

    /// <summary>
    /// The client options of a context: server, authorities, credentials, namespace. Throws
    /// <see cref="KubeConfigException"/> when the context, its cluster or its user is missing, or a certificate or key
    /// cannot be read.
    /// </summary>
    /// <param name="context">Name of the context; <see cref="CurrentContext"/> when null.</param>
    public KubeClientOptions ToOptions(string? context = null)
    {
        var contextName = string.IsNullOrEmpty(context) ? CurrentContext : context;
        if (!Contexts.TryGetValue(contextName, out var chosen))
        {
            throw new KubeConfigException($"context \"{contextName}\" does not exist");
        }

        if (!Clusters.TryGetValue(chosen.Cluster, out var cluster))
        {
            throw new KubeConfigException($"cluster \"{chosen.Cluster}\" of context \"{contextName}\" does not exist");
        }

        if (!Users.TryGetValue(chosen.User, out var user) && chosen.User.Length > 0)
        {
            throw new KubeConfigException($"user \"{chosen.User}\" of context \"{contextName}\" does not exist");
        }

        if (!Uri.TryCreate(cluster.Server, UriKind.Absolute, out var server))
        {
            throw new KubeConfigException($"cluster \"{chosen.Cluster}\" has an invalid server: \"{cluster.Server}\"");
        }

        return new KubeClientOptions
        {
            Server = server,
            CertificateAuthority = ReadAuthority(cluster),
            InsecureSkipTlsVerify = cluster.InsecureSkipTlsVerify,
            TlsServerName = cluster.TlsServerName,
            ClientCertificates = user is null ? null : ReadClientCertificate(user),
            TokenSource = user is null ? null : ReadToken(user),
            Namespace = chosen.Namespace,
        };
    }

    private X509Certificate2Collection? ReadAuthority(KubeConfigCluster cluster)
    {
        var pem = Material(cluster.CertificateAuthorityData, cluster.CertificateAuthority, "certificate-authority");
        if (pem is null)
        {
            return null;
        }

        var authorities = new X509Certificate2Collection();
        Decode("certificate-authority", () => authorities.ImportFromPem(pem));
        return authorities.Count > 0 ? authorities : throw new KubeConfigException("certificate-authority holds no certificate");
    }

    private X509Certificate2Collection? ReadClientCertificate(KubeConfigUser user)
    {
        var certificate = Material(user.ClientCertificateData, user.ClientCertificate, "client-certificate");
        var key = Material(user.ClientKeyData, user.ClientKey, "client-key");
        if (certificate is null && key is null)
        {
            return null;
        }

        if (certificate is null || key is null)
        {
            throw new KubeConfigException("a user needs both client-certificate and client-key, or neither");
        }

        var chain = new X509Certificate2Collection();
        Decode("client-certificate", () =>
        {
            chain.ImportFromPem(certificate);
            chain[0] = X509Certificate2.CreateFromPem(certificate, key);
        });
        return chain;
    }

    private Func<string?>? ReadToken(KubeConfigUser user)
    {
        if (user.TokenFile is { Length: > 0 } file)
        {
            var path = Path.Combine(_baseDirectory, file);
            return () => File.ReadAllText(path).Trim();
        }

        return user.Token is { Length: > 0 } token ? () => token : null;
    }

    private static void Decode(string what, Action read)
    {
        try
        {
            read();
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new KubeConfigException($"{what} cannot be decoded: {e.Message}", e);
        }
    }

    private string? Material(string? data, string? file, string what)
    {
        try
        {
            if (data is { Length: > 0 })
            {
                return Encoding.UTF8.GetString(Convert.FromBase64String(data));
            }

            return file is { Length: > 0 } ? File.ReadAllText(Path.Combine(_baseDirectory, file)) : null;
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new KubeConfigException($"cannot read {what}: {e.Message}", e);
        }
    }
}

/// <summary>A cluster of a kubeconfig.</summary>
public sealed record KubeConfigCluster(
    string Server,
    string? CertificateAuthority,
    string? CertificateAuthorityData,
    bool InsecureSkipTlsVerify,
    string? TlsServerName);

/// <summary>Credentials of a kubeconfig.</summary>
public sealed record KubeConfigUser(
    string? ClientCertificate,
    string? ClientCertificateData,
    string? ClientKey,
    string? ClientKeyData,
    string? Token,
    string? TokenFile);

/// <summary>A cluster and a user joined under a name.</summary>
public sealed record KubeConfigContext(string Cluster, string User, string Namespace);
