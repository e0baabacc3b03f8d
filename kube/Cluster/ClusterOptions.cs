using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kube.Cluster;

/// <summary>What a cluster is made of. Kept in the home, so that later commands need not be told again.</summary>
internal sealed record ClusterOptions
{
    /// <summary>First address of the service network: the kubernetes service's.</summary>
    public const string KubernetesServiceAddress = "10.96.0.1";

    /// <summary>The service network.</summary>
    public const string ServiceRange = "10.96.0.0/16";

    /// <summary>Number of store members: 1, 3, 5 or 7.</summary>
    public int Stores { get; init; } = 3;

    /// <summary>Number of nodes, each a kubelet on this machine.</summary>
    public int Nodes { get; init; } = 1;

    /// <summary>Container runtime: auto, containerd or process.</summary>
    public string Runtime { get; init; } = "auto";

    /// <summary>Socket of the CRI runtime, unix:///path.</summary>
    public string RuntimeEndpoint { get; init; } = "unix:///run/containerd/containerd.sock";

    /// <summary>The API server's port.</summary>
    public int ApiPort { get; init; } = 6443;

    /// <summary>Client port of the first store member; member i listens on this plus 2(i-1), its peers on the port after.</summary>
    public int StorePort { get; init; } = 2379;

    /// <summary>Health and metrics port of the scheduler.</summary>
    public int SchedulerPort { get; init; } = 10259;

    /// <summary>Health and metrics port of the controllers.</summary>
    public int ControllersPort { get; init; } = 10257;

    /// <summary>Port of each kubelet, first node first.</summary>
    public IReadOnlyList<int> KubeletPorts { get; init; } = [];

    /// <summary>Tells this cluster's store members from another's.</summary>
    public string Token { get; init; } = string.Empty;

    public int StoreClientPort(int member) => StorePort + (2 * (member - 1));

    public int StorePeerPort(int member) => StoreClientPort(member) + 1;

    /// <summary>Name of a node.</summary>
    public string NodeName(int node) => $"node-{node}";

    /// <summary>Reads a home's options; null when the home has no cluster yet.</summary>
    /// <exception cref="Hosting.StartupException">The file can't be read.</exception>
    public static ClusterOptions? Load(ClusterHome home)
    {
        try
        {
            return File.Exists(home.OptionsFile)
                ? JsonSerializer.Deserialize(File.ReadAllText(home.OptionsFile), ClusterJson.Default.ClusterOptions)
                : null;
        }
        catch (Exception e) when (e is IOException or JsonException or UnauthorizedAccessException)
        {
            throw new Hosting.StartupException($"cannot read {home.OptionsFile}: {e.Message}", e);
        }
    }

    /// <summary>Writes the options to the home.</summary>
    public void Save(ClusterHome home) =>
        File.WriteAllText(home.OptionsFile, JsonSerializer.Serialize(this, ClusterJson.Default.ClusterOptions) + "\n");
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ClusterOptions))]
internal sealed partial class ClusterJson : JsonSerializerContext;
