using Kube.ApiServer.Admission;
using Kube.ApiServer.Audit;
using Kube.ApiServer.Auth;
using Kube.ApiServer.Registry;
using Kube.ApiServer.Registry.Services;
using Microsoft.AspNetCore.Http;

namespace Kube.ApiServer;

/// <summary>What an API server is made of, beside its store.</summary>
public sealed record ApiServerCoreOptions
{
    /// <summary>Whose metrics are kept, where several servers share a process; null for the process.</summary>
    public object? MetricsScope { get; init; }

    /// <summary>Addresses that services get.</summary>
    public required AddressRange ServiceRange { get; init; }

    /// <summary>Where clients reach this server: "10.0.0.5:6443".</summary>
    public required string AdvertisedAddress { get; init; }

    /// <summary>How long events are kept.</summary>
    public TimeSpan EventTimeToLive { get; init; } = TimeSpan.FromHours(1);

    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>With <see cref="MaxWritesInFlight"/> the seats that priority and fairness divides; together at least 1.</summary>
    public int MaxReadsInFlight { get; init; } = 400;

    public int MaxWritesInFlight { get; init; } = 200;

    /// <summary>Seeds uids and name suffixes: different in every process.</summary>
    public required ulong Seed { get; init; }

    /// <summary>True when requests without credentials go on as system:anonymous.</summary>
    public bool AllowAnonymous { get; init; } = true;

    public IAuditSink Audit { get; init; } = NoAudit.Instance;

    /// <summary>Null when logs are not served.</summary>
    public IKubeletClient? Kubelets { get; init; }

    /// <summary>How to ask other components how they are, by the names that componentstatuses has for them.</summary>
    public IReadOnlyDictionary<string, Func<CancellationToken, Task<ComponentHealth>>> Components { get; init; } =
        new Dictionary<string, Func<CancellationToken, Task<ComponentHealth>>>();

    /// <summary>Makes the parts that decide who may do what; they may read the registry's caches.</summary>
    public Func<ResourceRegistry, SecurityParts> CreateSecurity { get; init; } = _ => SecurityParts.Minimal;

    /// <summary>Subresources that other parts bring, by group, plural and name.</summary>
    public Func<ResourceRegistry, IReadOnlyDictionary<(string Group, string Plural, string Name), ISubresource>> CreateSubresources { get; init; } =
        _ => new Dictionary<(string Group, string Plural, string Name), ISubresource>();

    /// <summary>Paths that the host serves itself, such as /healthz, with everything below them.</summary>
    public IReadOnlyDictionary<string, RequestDelegate> HostPaths { get; init; } = new Dictionary<string, RequestDelegate>();
}

/// <summary>The parts that decide who may do what.</summary>
public sealed record SecurityParts
{
    /// <summary>Client certificates, and system:masters alone may do anything.</summary>
    public static SecurityParts Minimal { get; } = new() { Authenticator = new ClientCertificateAuthenticator(), Authorizer = new SystemMastersAuthorizer() };

    public required IAuthenticator Authenticator { get; init; }

    public required IAuthorizer Authorizer { get; init; }

    public AdmissionChain Admission { get; init; } = AdmissionChain.Empty;

    /// <summary>Review resources (token and access reviews) by group, version and plural.</summary>
    public IReadOnlyDictionary<(string Group, string Version, string Plural), IReviewResource> Reviews { get; init; } =
        new Dictionary<(string Group, string Version, string Plural), IReviewResource>();
}
