using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kube.Api.Core.V1;
using Cri = Kube.Proto.Cri.V1;

namespace Kube.Kubelet.PodWorkers;

/// <summary>Which of a pod's pull secrets fit an image, by the rules of Kubernetes' keyring. Pure.</summary>
internal static class RegistryCredentials
{
    private const string ConfigJson = ".dockerconfigjson";
    private const string LegacyConfig = ".dockercfg";
    private const string DefaultRegistry = "index.docker.io";

    /// <summary>What to try for the image, in order: the entries with the longest addresses first. Secrets of another type are passed over.</summary>
    /// <exception cref="InvalidDataException">A secret's content cannot be read; the text names no part of it.</exception>
    public static IReadOnlyList<Cri.AuthConfig> For(string image, IEnumerable<Secret> secrets)
    {
        string address = Address(image);
        return
        [
            .. secrets.SelectMany(Entries)
                .Where(e => Matches(e.Server, address))
                .OrderByDescending(static e => e.Server, StringComparer.Ordinal)
                .Select(static e => e.Auth),
        ];
    }

    private static IEnumerable<(string Server, Cri.AuthConfig Auth)> Entries(Secret secret)
    {
        JsonObject? servers;
        try
        {
            servers = secret.Data?.GetValueOrDefault(ConfigJson) is { } json ? JsonNode.Parse(json)?["auths"] as JsonObject
                : secret.Data?.GetValueOrDefault(LegacyConfig) is { } legacy ? JsonNode.Parse(legacy) as JsonObject
                : null;
        }
        catch (JsonException)
        {
            // The reader's own message would quote the secret.
            throw new InvalidDataException($"secret {secret.Metadata.Namespace}/{secret.Metadata.Name} does not hold a registry configuration");
        }

        return (servers ?? []).Select(static s => (Normal(s.Key), Auth(s.Value)));
    }

    private static Cri.AuthConfig Auth(JsonNode? entry)
    {
        string[] pair = [];
        if (entry?["auth"]?.GetValue<string>() is { Length: > 0 } auth)
        {
            Span<byte> decoded = new byte[auth.Length];
            pair = Convert.TryFromBase64String(auth, decoded, out int length) ? Encoding.UTF8.GetString(decoded[..length]).Split(':', 2) : [];
        }

        return new Cri.AuthConfig
        {
            Username = pair.Length == 2 ? pair[0] : entry?["username"]?.GetValue<string>() ?? "",
            Password = pair.Length == 2 ? pair[1] : entry?["password"]?.GetValue<string>() ?? "",
        };
    }

    /// <summary>Host and path of an image's repository, with Docker's for one that names no host.</summary>
    private static string Address(string image)
    {
        string name = image.Split('@')[0];
        int slash = name.IndexOf('/');
        string first = slash < 0 ? "" : name[..slash];
        bool named = first.AsSpan().IndexOfAny('.', ':') >= 0 || first == "localhost";
        string full = named ? name : slash < 0 ? $"docker.io/library/{name}" : $"docker.io/{name}";
        int tag = full.LastIndexOf(':');
        string repository = tag > full.LastIndexOf('/') ? full[..tag] : full;
        return repository.StartsWith("docker.io/", StringComparison.Ordinal) ? DefaultRegistry + repository["docker.io".Length..] : repository;
    }

    /// <summary>A key of the configuration without scheme and API version.</summary>
    private static string Normal(string server)
    {
        int scheme = server.IndexOf("://", StringComparison.Ordinal);
        string bare = scheme < 0 ? server : server[(scheme + 3)..];
        foreach (string version in (string[])["/v2/", "/v1/", "/v2", "/v1", "/"])
        {
            if (bare.EndsWith(version, StringComparison.Ordinal))
            {
                bare = bare[..^version.Length];
                break;
            }
        }

        return bare is "docker.io" or "registry-1.docker.io" ? DefaultRegistry : bare;
    }

    /// <summary>Same port; each part of the host alike, where * stands for anything within a part; the path a beginning of the image's.</summary>
    private static bool Matches(string server, string image)
    {
        (string serverHost, string serverPath) = Split(server);
        (string imageHost, string imagePath) = Split(image);
        string[] pattern = serverHost.Split('.');
        string[] parts = imageHost.Split('.');
        return pattern.Length == parts.Length
            && pattern.Zip(parts).All(static p => Glob(p.First, p.Second))
            && imagePath.StartsWith(serverPath, StringComparison.Ordinal);
    }

    private static (string Host, string Path) Split(string address)
    {
        int slash = address.IndexOf('/');
        return slash < 0 ? (address, "") : (address[..slash], address[slash..]);
    }

    private static bool Glob(string pattern, string text) => System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(pattern.Replace("\\", "\\\\"), text, ignoreCase: false);
}
