using Kube.RaftStore.Server.Access;
using Kube.RaftStore.Server.Upkeep;

namespace Kube.RaftStore.Server;

/// <summary>A member as the cluster's configuration names it.</summary>
public sealed record ConfiguredMember(ulong Id, string Name, IReadOnlyList<string> PeerUrls, bool IsLearner = false);

/// <summary>What the services need to know, with etcd's defaults.</summary>
public sealed record StoreServerOptions
{
    public required ulong ClusterId { get; init; }

    public required ulong MemberId { get; init; }

    /// <summary>The members as the configuration names them, this one included: who they are until the log has told.</summary>
    public required IReadOnlyList<ConfiguredMember> Members { get; init; }

    /// <summary>Whether <see cref="Members"/> are those that begin the cluster, for this member to tell the log.</summary>
    public bool IsFounder { get; init; } = true;

    /// <summary>--strict-reconfig-check: refuse changes of the members that would cost the quorum.</summary>
    public bool StrictReconfigCheck { get; init; } = true;

    /// <summary>Largest command in bytes.</summary>
    public int MaxRequestBytes { get; init; } = 1536 * 1024;

    /// <summary>Most operations in one branch of a transaction.</summary>
    public int MaxTxnOps { get; init; } = 128;

    /// <summary>Most bytes of memory that large answers to ranges may take while they are on their way; one client may have half of it.</summary>
    public long MaxAnswerBytes { get; init; } = 64L << 20;

    /// <summary>How long an answer may wait for room among them: as long as a request for its place in the log.</summary>
    public TimeSpan AnswerPatience { get; init; } = TimeSpan.FromSeconds(7);

    /// <summary>Size of the store in bytes above which growth is refused and the NOSPACE alarm raised.</summary>
    public long QuotaBytes { get; init; } = 2L << 30;

    /// <summary>How long a watch that asked for it stays silent before it is told the current revision.</summary>
    public TimeSpan WatchProgressNotifyInterval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Shortest time to live that is granted: one and a half election time-outs, so that a lease outlives a change of leader.</summary>
    public long MinLeaseTtlSeconds { get; init; } = 2;

    /// <summary>--election-timeout: within twice this before an election, a leader may have been lost unnoticed.</summary>
    public TimeSpan ElectionTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How the store compacts by itself; null for not at all.</summary>
    public AutoCompactionOptions? AutoCompaction { get; init; }

    /// <summary>When members compare their histories.</summary>
    public HashCheckOptions HashCheck { get; init; } = new(OnStart: false, Interval: TimeSpan.Zero, OnlyAfterCompaction: false);

    /// <summary>Whether a client is known by the common name of its certificate when it brings no token.</summary>
    public bool KnowsClientsByCertificate { get; init; }

    /// <summary>How long a token that is not used is known.</summary>
    public TimeSpan AuthTokenTimeToLive { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Signs and verifies tokens; null when members remember whom they gave which.</summary>
    public JwtTokens? Jwt { get; init; }

    /// <summary>Binary logarithm of the rounds in which passwords are hashed.</summary>
    public int BcryptCost { get; init; } = Bcrypt.DefaultCost;

    /// <summary>The version reported where a client asks.</summary>
    public string Version { get; init; } = "3.5.21";
}
