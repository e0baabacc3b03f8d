using System.Net;
using System.Text.Json.Nodes;
using Kube.Api.Serialization;
using Kube.Hosting.Configuration;

namespace Kube.Kubelet.Host.Configuration;

/// <summary>
/// What a KubeletConfiguration file (kubelet.config.k8s.io/v1beta1) says; null where it says nothing. Fields of Kubernetes that this kubelet has no use for
/// are listed in <see cref="WithoutEffect"/>, so that its files can be used and nobody is fooled; a field that Kubernetes does not have is an error.
/// </summary>
internal sealed record KubeletConfiguration
{
    private const string ApiVersion = "kubelet.config.k8s.io/v1beta1";

    public IPAddress? Address { get; init; }

    public int? Port { get; init; }

    public int? HealthzPort { get; init; }

    public int? MaxPods { get; init; }

    public IReadOnlyList<string>? ClusterDns { get; init; }

    public string? ClusterDomain { get; init; }

    public string? CgroupRoot { get; init; }

    public string? CertificateFile { get; init; }

    public string? PrivateKeyFile { get; init; }

    public string? ClientAuthorityFile { get; init; }

    public string? RuntimeEndpoint { get; init; }

    /// <summary>In the form of --register-with-taints.</summary>
    public IReadOnlyList<string>? Taints { get; init; }

    public string? StaticPodPath { get; init; }

    public IReadOnlyList<string>? AllowedUnsafeSysctls { get; init; }

    public NodeSettings Node { get; init; } = new();

    /// <summary>Fields that the file has and that change nothing here.</summary>
    public IReadOnlyList<string> WithoutEffect { get; init; } = [];

    /// <summary>Reads a file.</summary>
    /// <exception cref="ConfigurationException">It is not such a configuration; the message names the field.</exception>
    public static KubeletConfiguration Parse(ReadOnlySpan<byte> yaml)
    {
        JsonNode? json;
        try
        {
            json = YamlTree.Parse(yaml);
        }
        catch (DecodeException e)
        {
            throw new ConfigurationException(e.Message);
        }

        if (json is not JsonObject fields || (string?)fields["kind"] != "KubeletConfiguration" || (string?)fields["apiVersion"] != ApiVersion)
        {
            throw new ConfigurationException($"must be a KubeletConfiguration of {ApiVersion}");
        }

        ConfigurationNode root = new(fields, string.Empty);
        ConfigurationNode? x509 = root.Object("authentication")?.Object("x509");
        KubeletConfiguration configuration = new()
        {
            Address = ReadAddress(root, "address"),
            Port = root.Number("port", 1, 65535),
            HealthzPort = root.Number("healthzPort", 0, 65535),
            MaxPods = root.Number("maxPods", 0, int.MaxValue),
            ClusterDns = fields.ContainsKey("clusterDNS") ? root.Texts("clusterDNS") : null,
            ClusterDomain = root.Text("clusterDomain"),
            CgroupRoot = root.Text("cgroupRoot"),
            CertificateFile = root.Text("tlsCertFile"),
            PrivateKeyFile = root.Text("tlsPrivateKeyFile"),
            ClientAuthorityFile = x509?.Text("clientCAFile"),
            RuntimeEndpoint = root.Text("containerRuntimeEndpoint"),
            Taints = fields.ContainsKey("registerWithTaints") ? [.. root.Objects("registerWithTaints").Select(Taint)] : null,
            StaticPodPath = root.Text("staticPodPath"),
            AllowedUnsafeSysctls = fields.ContainsKey("allowedUnsafeSysctls") ? root.Texts("allowedUnsafeSysctls") : null,
            Node = NodeSettingsFields.Read(root),
            WithoutEffect = [.. fields.Where(HasNoEffect).Select(f => f.Key).Order(StringComparer.Ordinal)],
        };
        x509?.End();
        root.Ignore([.. KnownFields.WithoutEffect]);
        root.End();
        return configuration;
    }

    /// <summary>Of the feature gates one has an effect.</summary>
    private static bool HasNoEffect(KeyValuePair<string, JsonNode?> field) => KnownFields.WithoutEffect.Contains(field.Key)
        && !(field.Key == "featureGates" && field.Value is JsonObject gates && gates.All(g => g.Key == NodeSettingsFields.RestartBackOffGate));

    private static IPAddress? ReadAddress(ConfigurationNode root, string name) => root.Text(name) is not { } text ? null
        : IPAddress.TryParse(text, out IPAddress? address) ? address
        : throw new ConfigurationException($"{root.At(name)}: {text} is not an IP address");

    private static string Taint(ConfigurationNode taint)
    {
        string text = $"{taint.Text("key")}={taint.Text("value")}:{taint.Text("effect")}";
        taint.Ignore("timeAdded");
        taint.End();
        return text;
    }
}
