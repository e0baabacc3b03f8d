using System.Net;

namespace Kube.Kubelet.Host;

/// <summary>What a kubelet is started with; the flags of <c>kube kubelet</c>.</summary>
public sealed record KubeletOptions
{
    public required string KubeconfigFile { get; init; }

    /// <summary>The node's name.</summary>
    public required string NodeName { get; init; }

    /// <summary>The node's address, reported as InternalIP.</summary>
    public IPAddress NodeAddress { get; init; } = IPAddress.Loopback;

    /// <summary>Where the kubelet's API is served.</summary>
    public IPEndPoint Endpoint { get; init; } = new(IPAddress.Loopback, 10250);

    /// <summary>Port of a plain HTTP /healthz on loopback; 0 for none.</summary>
    public int HealthPort { get; init; }

    /// <summary>State, volumes and logs; a directory of its own for every kubelet on a machine.</summary>
    public required string RootDirectory { get; init; }

    /// <summary>containerd, process, or auto for containerd where its socket answers.</summary>
    public string Runtime { get; init; } = "auto";

    /// <summary>unix:///path of a CRI runtime, or process.</summary>
    public string RuntimeEndpoint { get; init; } = "unix:///run/containerd/containerd.sock";

    public required string CertificateFile { get; init; }

    public required string PrivateKeyFile { get; init; }

    public required string ClientAuthorityFile { get; init; }

    public int MaxPods { get; init; } = 110;

    public IReadOnlyDictionary<string, string> NodeLabels { get; init; } = new Dictionary<string, string>();

    /// <summary>Taints the node is registered with, in the form key=value:Effect.</summary>
    public IReadOnlyList<string> Taints { get; init; } = [];

    public IReadOnlyList<string> ClusterDns { get; init; } = [];

    public string ClusterDomain { get; init; } = "cluster.local";

    /// <summary>Directory of static pods' manifests, or one such file; empty for none.</summary>
    public string PodManifestPath { get; init; } = "";

    /// <summary>Kernel parameters that pods may set beside the safe ones; a name may end in *.</summary>
    public IReadOnlyList<string> AllowedUnsafeSysctls { get; init; } = [];

    /// <summary>Parent of the pods' cgroups under a runtime that has them.</summary>
    public string CgroupRoot { get; init; } = "/";

    /// <summary>How the node is looked after.</summary>
    internal NodeSettings Node { get; init; } = new();

    /// <summary>Seed of the kubelet's randomness, which only spreads probes in time.</summary>
    public ulong Seed { get; init; }
}
