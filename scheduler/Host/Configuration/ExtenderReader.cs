using System.Text;
using Kube.Api.Validation;
using Kube.Scheduler.Host.Extenders;

namespace Kube.Scheduler.Host.Configuration;

/// <summary>Reads the extenders of the configuration, with Kubernetes' checks.</summary>
internal static class ExtenderReader
{
    private const string List = "extenders";

    /// <summary>The extenders, and the resources that the scheduler does not count because an extender does.</summary>
    /// <exception cref="ConfigurationException">A field can't be read.</exception>
    public static (IReadOnlyList<ExtenderOptions> Extenders, IReadOnlyList<string> Ignored) Read(ConfigurationNode root)
    {
        var extenders = new List<ExtenderOptions>();
        var ignored = new List<string>();
        var managed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var node in root.Objects(List))
        {
            extenders.Add(ReadOne(node, managed, ignored));
        }

        if (extenders.Count(static extender => extender.BindVerb.Length > 0) is > 1 and var binders)
        {
            root.Errors.Add(FieldError.Invalid(root.At(List), $"found {binders} extenders implementing bind", "only one extender can implement bind"));
        }

        return (extenders, ignored);
    }

    private static ExtenderOptions ReadOne(ConfigurationNode node, HashSet<string> managed, List<string> ignored)
    {
        var isHttps = node.Flag("enableHTTPS") ?? false;
        var extender = new ExtenderOptions
        {
            UrlPrefix = ReadUrl(node),
            FilterVerb = node.Text("filterVerb") ?? string.Empty,
            PrioritizeVerb = node.Text("prioritizeVerb") ?? string.Empty,
            PreemptVerb = node.Text("preemptVerb") ?? string.Empty,
            BindVerb = node.Text("bindVerb") ?? string.Empty,
            Weight = node.Number("weight") ?? 0,
            Timeout = node.Duration("httpTimeout") is { } timeout && timeout > TimeSpan.Zero ? timeout : ExtenderOptions.DefaultTimeout,
            KnowsNodes = node.Flag("nodeCacheCapable") ?? false,
            IsIgnorable = node.Flag("ignorable") ?? false,
            ManagedResources = ReadResources(node, managed, ignored),
            Tls = ReadTls(node.Object("tlsConfig"), isHttps),
        };
        node.End();
        if (extender.PrioritizeVerb.Length > 0 && extender.Weight <= 0)
        {
            node.Errors.Add(FieldError.Invalid(node.At("weight"), extender.Weight, "must have a positive weight applied to it"));
        }

        return extender;
    }

    private static string ReadUrl(ConfigurationNode node)
    {
        var url = node.Text("urlPrefix") ?? string.Empty;
        if (!Uri.TryCreate(url, UriKind.Absolute, out var parsed) || parsed.Scheme is not ("http" or "https"))
        {
            // Kubernetes takes anything, and fails at every pod.
            node.Errors.Add(FieldError.Invalid(node.At("urlPrefix"), url, "must be an http or https URL"));
        }

        return url;
    }

    private static HashSet<string> ReadResources(ConfigurationNode node, HashSet<string> all, List<string> ignored)
    {
        var own = new HashSet<string>(StringComparer.Ordinal);
        foreach (var resource in node.Objects("managedResources"))
        {
            var name = resource.Text("name") ?? string.Empty;
            if (resource.Flag("ignoredByScheduler") == true)
            {
                ignored.Add(name);
            }

            resource.End();
            var complaints = NameRules.QualifiedName(name).ToList();
            node.Errors.AddRange(complaints.Select(complaint => FieldError.Invalid(resource.At("name"), name, complaint)));
            if (complaints.Count == 0 && !IsExtended(name))
            {
                node.Errors.Add(FieldError.Invalid(resource.At("name"), name, "is an invalid extended resource name"));
            }

            if (!all.Add(name))
            {
                node.Errors.Add(FieldError.Invalid(resource.At("name"), name, "duplicate extender managed resource name"));
            }

            own.Add(name);
        }

        return own;
    }

    /// <summary>A name of a domain that is not Kubernetes' own.</summary>
    private static bool IsExtended(string name) =>
        name.Contains('/', StringComparison.Ordinal) && !name.Contains("kubernetes.io/", StringComparison.Ordinal)
        && !name.StartsWith("requests.", StringComparison.Ordinal);

    private static ExtenderTls ReadTls(ConfigurationNode? node, bool isHttps)
    {
        if (node is null)
        {
            return new ExtenderTls { IsInsecure = isHttps };
        }

        var tls = new ExtenderTls
        {
            IsInsecure = node.Flag("insecure") ?? false,
            ServerName = node.Text("serverName") ?? string.Empty,
            CertificateFile = node.Text("certFile") ?? string.Empty,
            KeyFile = node.Text("keyFile") ?? string.Empty,
            AuthorityFile = node.Text("caFile") ?? string.Empty,
            CertificateData = ReadBase64(node, "certData"),
            KeyData = ReadBase64(node, "keyData"),
            AuthorityData = ReadBase64(node, "caData"),
        };
        node.End();

        // As in Kubernetes: whoever asks for HTTPS and names no authority takes any certificate.
        return isHttps && !tls.HasAuthority ? tls with { IsInsecure = true } : tls;
    }

    private static string ReadBase64(ConfigurationNode node, string name)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(node.Text(name) ?? string.Empty));
        }
        catch (FormatException)
        {
            throw new ConfigurationException($"{node.At(name)}: must be base64");
        }
    }
}
