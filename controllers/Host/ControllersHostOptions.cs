using System.Net;
using System.Security.Cryptography.X509Certificates;
using Kube.Client.LeaderElection;
using Kube.Client.Rest;
using Kube.Controllers.Framework;

namespace Kube.Controllers.Host;

/// <summary>How to run the controllers in a process.</summary>
public sealed record ControllersHostOptions
{
    /// <summary>The API server and the credentials for it.</summary>
    public required KubeClientOptions Client { get; init; }

    public ControllersOptions Controllers { get; init; } = new();

    /// <summary>Run only while holding this lease; null to run at once.</summary>
    public LeaderElectionOptions? LeaderElection { get; init; }

    /// <summary>Where health and metrics are served; null for nowhere.</summary>
    public IPEndPoint? Endpoint { get; init; }

    /// <summary>Serving certificate with its key; needed with <see cref="Endpoint"/>.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Whose certificates may read metrics.</summary>
    public X509Certificate2Collection? ClientAuthorities { get; init; }

    /// <summary>Seed of names and jitter.</summary>
    public ulong Seed { get; init; }
}
