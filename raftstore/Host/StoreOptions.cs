using Kube.RaftStore.Server.Access;
using Kube.RaftStore.Server.Upkeep;

namespace Kube.RaftStore.Host;

/// <summary>The options of one store member, named and defaulted as etcd's flags.</summary>
public sealed record StoreOptions
{
    public string Name { get; init; } = "default";

    public required string DataDir { get; init; }

    public IReadOnlyList<Uri> ListenClientUrls { get; init; } = [new("http://localhost:2379")];

    public IReadOnlyList<string> AdvertiseClientUrls { get; init; } = ["http://localhost:2379"];

    public IReadOnlyList<Uri> ListenPeerUrls { get; init; } = [new("http://localhost:2380")];

    public IReadOnlyList<string> InitialAdvertisePeerUrls { get; init; } = ["http://localhost:2380"];

    /// <summary>NAME=URL for every peer URL of every member, this one included; empty for a cluster of one.</summary>
    public string InitialCluster { get; init; } = "";

    public string InitialClusterToken { get; init; } = "etcd-cluster";

    /// <summary>"new" for members that start the cluster together, "existing" for one that joins it.</summary>
    public string InitialClusterState { get; init; } = "new";

    public TlsOptions Client { get; init; } = new();

    public TlsOptions Peer { get; init; } = new();

    /// <summary>Refuse changes of the members that would cost the quorum.</summary>
    public bool StrictReconfigCheck { get; init; } = true;

    /// <summary>Whether a leader answers reads by its lease instead of asking a quorum each time.</summary>
    public bool LeaseReads { get; init; }

    public int HeartbeatIntervalMs { get; init; } = 100;

    public int ElectionTimeoutMs { get; init; } = 1000;

    /// <summary>Entries applied between two snapshots of the state.</summary>
    public ulong SnapshotCount { get; init; } = 100_000;

    /// <summary>0 for the default of 2 GiB.</summary>
    public long QuotaBackendBytes { get; init; }

    /// <summary>Most mebibytes of values kept in memory; 0 for a quarter of what the machine or the container has.</summary>
    public int MemoryMb { get; init; }

    public int MaxRequestBytes { get; init; } = 1536 * 1024;

    public int MaxTxnOps { get; init; } = 128;

    public IReadOnlyList<Uri> ListenMetricsUrls { get; init; } = [];

    public TimeSpan WatchProgressNotifyInterval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How the store compacts by itself; null for not at all.</summary>
    public AutoCompactionOptions? AutoCompaction { get; init; }

    /// <summary>How long the token of a log-in that is not used is known.</summary>
    public TimeSpan AuthTokenTimeToLive { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Signs and verifies tokens; null when members remember whom they gave which.</summary>
    public JwtTokens? Jwt { get; init; }

    /// <summary>Binary logarithm of the rounds in which passwords are hashed.</summary>
    public int BcryptCost { get; init; } = Bcrypt.DefaultCost;

    /// <summary>When members compare their histories.</summary>
    public HashCheckOptions HashCheck { get; init; } = new(OnStart: false, Interval: TimeSpan.Zero, OnlyAfterCompaction: false);
}

/// <summary>TLS of one kind of port.</summary>
public sealed record TlsOptions
{
    public string? CertFile { get; init; }

    public string? KeyFile { get; init; }

    public string? TrustedCaFile { get; init; }

    /// <summary>Whether a certificate is asked of whoever connects.</summary>
    public bool ClientCertAuth { get; init; }

    /// <summary>Common names of which a client's certificate must have one; empty for any.</summary>
    public IReadOnlyList<string> AllowedCommonNames { get; init; } = [];
}
