using System.Net;

namespace Kube.Scheduler.Host;

/// <summary>What a scheduler process is told; the names are those of kube-scheduler's flags.</summary>
public sealed record SchedulerOptions
{
    /// <summary>How to reach the API server, and as whom; the configuration's when null.</summary>
    public string? KubeconfigFile { get; init; }

    /// <summary>A KubeSchedulerConfiguration file. What options say goes before what it says.</summary>
    public string? ConfigFile { get; init; }

    /// <summary>Address and port of health and metrics; port 0 serves none.</summary>
    public required IPEndPoint SecureEndpoint { get; init; }

    public string? CertificateFile { get; init; }

    public string? PrivateKeyFile { get; init; }

    /// <summary>CA of the clients that may read /metrics.</summary>
    public string? ClientAuthorityFile { get; init; }

    /// <summary>Take part in leader election, so that several schedulers can run and one schedules; the configuration's word, or true, when null.</summary>
    public bool? LeaderElect { get; init; }

    /// <summary>Identity in the election: unique among the processes of a cluster.</summary>
    public required string Identity { get; init; }

    /// <summary>Seed of the generator that breaks ties between nodes.</summary>
    public ulong Seed { get; init; }
}
