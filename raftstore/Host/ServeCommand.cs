using System.CommandLine;
using System.Globalization;
using Kube.Hosting;
using Kube.RaftStore.Server.Access;
using Kube.RaftStore.Server.Upkeep;

namespace Kube.RaftStore.Host;

/// <summary>`kube store serve`, with etcd's flags.</summary>
internal sealed class ServeCommand
{
    private readonly Option<string> _name = Text("--name", "Name of this member.", "default");
    private readonly Option<string?> _dataDir = new("--data-dir") { Description = "Directory of this member's data (default: NAME.etcd)." };
    private readonly Option<string> _listenClientUrls = Text("--listen-client-urls", "URLs to listen on for clients.", "http://localhost:2379");
    private readonly Option<string> _advertiseClientUrls = Text("--advertise-client-urls", "Client URLs to tell the cluster.", "http://localhost:2379");
    private readonly Option<string> _listenPeerUrls = Text("--listen-peer-urls", "URLs to listen on for the other members.", "http://localhost:2380");
    private readonly Option<string> _initialAdvertisePeerUrls = Text("--initial-advertise-peer-urls", "This member's peer URLs to tell the others.", "http://localhost:2380");
    private readonly Option<string> _initialCluster = Text("--initial-cluster", "NAME=URL of every member, comma separated.", "");
    private readonly Option<string> _initialClusterToken = Text("--initial-cluster-token", "What tells this cluster from others with the same URLs.", "etcd-cluster");
    private readonly Option<string> _initialClusterState = Text("--initial-cluster-state", "new or existing.", "new");
    private readonly Option<bool> _strictReconfigCheck = new("--strict-reconfig-check")
    {
        Description = "Refuse changes of the members that would cost the quorum.",
        DefaultValueFactory = _ => true,
    };

    private readonly Option<bool> _leaseReads = new("--experimental-lease-reads")
    {
        Description = "Let a leader answer reads by its lease: faster, but stale where members' clocks run apart by more than a fifth. The same on all members.",
    };

    private readonly Option<string?> _certFile = new("--cert-file") { Description = "Certificate of the client port." };
    private readonly Option<string?> _keyFile = new("--key-file") { Description = "Key of the client port's certificate." };
    private readonly Option<string?> _trustedCaFile = new("--trusted-ca-file") { Description = "CAs of client certificates." };
    private readonly Option<bool> _clientCertAuth = new("--client-cert-auth") { Description = "Ask every client for a certificate." };
    private readonly Option<string[]> _clientCertAllowedCn = new("--client-cert-allowed-cn")
    {
        Description = "Common names that client certificates may have; repeated or comma separated; all when not given.",
    };

    private readonly Option<string?> _peerCertFile = new("--peer-cert-file") { Description = "Certificate of the peer port." };
    private readonly Option<string?> _peerKeyFile = new("--peer-key-file") { Description = "Key of the peer port's certificate." };
    private readonly Option<string?> _peerTrustedCaFile = new("--peer-trusted-ca-file") { Description = "CAs of the other members' certificates." };
    private readonly Option<bool> _peerClientCertAuth = new("--peer-client-cert-auth") { Description = "Ask every peer for a certificate." };
    private readonly Option<string[]> _peerCertAllowedCn = new("--peer-cert-allowed-cn") { Description = "Common names that peer certificates may have." };
    private readonly Option<int> _heartbeatInterval = Number("--heartbeat-interval", "Milliseconds between heartbeats.", 100);
    private readonly Option<int> _electionTimeout = Number("--election-timeout", "Milliseconds without a leader before an election.", 1000);
    private readonly Option<ulong> _snapshotCount = new("--snapshot-count")
    {
        Description = "Fewest entries applied between two snapshots; up to ten times as many while they are smaller than the last one.",
        DefaultValueFactory = _ => 100_000,
    };

    private readonly Option<long> _quotaBackendBytes = new("--quota-backend-bytes") { Description = "Size above which the store refuses to grow; 0 for 2 GiB." };
    private readonly Option<int> _memoryMb = Number(
        "--memory-mb", "Most MiB of values kept in memory, more lie in files below the data directory; 0 for a quarter of the machine's memory.", 0);

    private readonly Option<int> _maxRequestBytes = Number("--max-request-bytes", "Largest request in bytes.", 1536 * 1024);
    private readonly Option<int> _maxTxnOps = Number("--max-txn-ops", "Most operations in a transaction.", 128);
    private readonly Option<string> _listenMetricsUrls = Text("--listen-metrics-urls", "Further URLs for /metrics and /health.", "");
    private readonly Option<string> _progressInterval = Text("--experimental-watch-progress-notify-interval", "How often idle watches that ask for it are told the revision, such as 10m or 5s.", "10m");

    private readonly Option<string> _authToken = Text("--auth-token", "Kind of the tokens of log-ins: simple, or jwt,sign-method=RS256,pub-key=FILE,priv-key=FILE,ttl=10m.", "simple");
    private readonly Option<int> _authTokenTtl = Number("--auth-token-ttl", "Seconds after which a token that is not used is forgotten.", 300);
    private readonly Option<int> _bcryptCost = Number("--bcrypt-cost", "Cost of hashing passwords, 4 to 31.", Bcrypt.DefaultCost);
    private readonly Option<string> _autoCompactionMode = Text("--auto-compaction-mode", "periodic (by age) or revision (by number).", "periodic");
    private readonly Option<string> _autoCompactionRetention = Text("--auto-compaction-retention", "Age (hours, or such as 30m) or number of revisions kept readable; 0 for no automatic compaction.", "0");
    private readonly Option<bool> _initialCorruptCheck = new("--experimental-initial-corrupt-check") { Description = "Compare this member's history with the others' when it starts." };
    private readonly Option<string> _corruptCheckTime = Text("--experimental-corrupt-check-time", "How often the members' histories are compared, such as 10m; 0s for never.", "0s");
    private readonly Option<bool> _compactHashCheck = new("--experimental-compact-hash-check-enabled") { Description = "Compare the members' histories after compactions." };
    private readonly Option<string> _compactHashCheckTime = Text("--experimental-compact-hash-check-time", "How often to look whether there was a compaction to compare after.", "1m");

    /// <summary>The command.</summary>
    /// <param name="seams">What is put between the parts of a member; null for nothing.</param>
    public static Command Create(StoreSeams? seams = null)
    {
        var command = new Command("serve", "Runs one member until it is told to stop.");
        var flags = new ServeCommand();
        Option[] all =
        [
            flags._name, flags._dataDir, flags._listenClientUrls, flags._advertiseClientUrls, flags._listenPeerUrls,
            flags._initialAdvertisePeerUrls, flags._initialCluster, flags._initialClusterToken, flags._initialClusterState, flags._strictReconfigCheck, flags._leaseReads,
            flags._certFile, flags._keyFile, flags._trustedCaFile, flags._clientCertAuth, flags._clientCertAllowedCn,
            flags._peerCertFile, flags._peerKeyFile, flags._peerTrustedCaFile, flags._peerClientCertAuth, flags._peerCertAllowedCn,
            flags._heartbeatInterval, flags._electionTimeout, flags._snapshotCount, flags._quotaBackendBytes, flags._memoryMb,
            flags._maxRequestBytes, flags._maxTxnOps, flags._listenMetricsUrls, flags._progressInterval,
            flags._autoCompactionMode, flags._autoCompactionRetention, flags._initialCorruptCheck, flags._corruptCheckTime,
            flags._compactHashCheck, flags._compactHashCheckTime, flags._authToken, flags._authTokenTtl, flags._bcryptCost,
        ];
        foreach (var option in all)
        {
            command.Options.Add(option);
        }
        flags._initialClusterState.AcceptOnlyFromAmong("new", "existing");
        flags._autoCompactionMode.AcceptOnlyFromAmong("periodic", "revision");
        var logging = new LoggingOptions(command);
        command.SetAction((parsed, _) =>
        {
            var logs = logging.Create(parsed);
            return ComponentRunner.RunAsync(
                "store",
                logs,
                async ct => await StoreHost.StartAsync(flags.Read(parsed), seams ?? StoreSeams.None, logs, TimeProvider.System, ct).ConfigureAwait(false));
        });
        return command;
    }

    /// <exception cref="StartupException">A value is malformed.</exception>
    private StoreOptions Read(ParseResult parsed)
    {
        var name = parsed.GetRequiredValue(_name);
        return new StoreOptions
        {
            Name = name,
            DataDir = parsed.GetValue(_dataDir) ?? name + ".etcd",
            ListenClientUrls = Urls(parsed, _listenClientUrls),
            AdvertiseClientUrls = List(parsed.GetRequiredValue(_advertiseClientUrls)),
            ListenPeerUrls = Urls(parsed, _listenPeerUrls),
            InitialAdvertisePeerUrls = List(parsed.GetRequiredValue(_initialAdvertisePeerUrls)),
            InitialCluster = parsed.GetRequiredValue(_initialCluster),
            InitialClusterToken = parsed.GetRequiredValue(_initialClusterToken),
            InitialClusterState = parsed.GetRequiredValue(_initialClusterState),
            LeaseReads = parsed.GetValue(_leaseReads),
            StrictReconfigCheck = parsed.GetValue(_strictReconfigCheck),
            Client = new TlsOptions
            {
                CertFile = parsed.GetValue(_certFile),
                KeyFile = parsed.GetValue(_keyFile),
                TrustedCaFile = parsed.GetValue(_trustedCaFile),
                ClientCertAuth = parsed.GetValue(_clientCertAuth),
                AllowedCommonNames = Names(parsed, _clientCertAllowedCn),
            },
            Peer = new TlsOptions
            {
                CertFile = parsed.GetValue(_peerCertFile),
                KeyFile = parsed.GetValue(_peerKeyFile),
                TrustedCaFile = parsed.GetValue(_peerTrustedCaFile),
                ClientCertAuth = parsed.GetValue(_peerClientCertAuth),
                AllowedCommonNames = Names(parsed, _peerCertAllowedCn),
            },
            HeartbeatIntervalMs = Positive(parsed, _heartbeatInterval),
            ElectionTimeoutMs = ElectionTimeout(parsed),
            SnapshotCount = Math.Max(1, parsed.GetValue(_snapshotCount)),
            QuotaBackendBytes = parsed.GetValue(_quotaBackendBytes),
            MemoryMb = Math.Max(0, parsed.GetValue(_memoryMb)),
            MaxRequestBytes = Positive(parsed, _maxRequestBytes),
            MaxTxnOps = Positive(parsed, _maxTxnOps),
            ListenMetricsUrls = Urls(parsed, _listenMetricsUrls),
            WatchProgressNotifyInterval = Duration(parsed, _progressInterval),
            AutoCompaction = AutoCompaction(parsed),
            HashCheck = HashCheck(parsed),
            AuthTokenTimeToLive = TimeSpan.FromSeconds(Positive(parsed, _authTokenTtl)),
            Jwt = AuthTokenFlag.Parse(parsed.GetRequiredValue(_authToken), text => Duration(_authToken.Name, text), TimeProvider.System),
            // As in etcd a cost that is out of range is not an error.
            BcryptCost = parsed.GetValue(_bcryptCost) is >= Bcrypt.MinCost and <= Bcrypt.MaxCost and var cost ? cost : Bcrypt.DefaultCost,
        };
    }

    private int ElectionTimeout(ParseResult parsed)
    {
        var (election, heartbeat) = (Positive(parsed, _electionTimeout), Positive(parsed, _heartbeatInterval));
        return election >= 5 * heartbeat
            ? election
            : throw new StartupException($"--election-timeout[{election}ms] should be at least as 5 times as --heartbeat-interval[{heartbeat}ms]");
    }

    private AutoCompactionOptions? AutoCompaction(ParseResult parsed)
    {
        var isByNumber = parsed.GetRequiredValue(_autoCompactionMode) == "revision";
        var text = parsed.GetRequiredValue(_autoCompactionRetention);
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            // A bare number is one of revisions, or of hours.
            return number == 0 ? null
                : isByNumber ? new AutoCompactionOptions(AutoCompactionMode.Revision, TimeSpan.Zero, number)
                : new AutoCompactionOptions(AutoCompactionMode.Periodic, TimeSpan.FromHours(number), 0);
        }
        return isByNumber
            ? throw new StartupException($"{_autoCompactionRetention.Name}: '{text}' is not a number of revisions")
            : new AutoCompactionOptions(AutoCompactionMode.Periodic, Duration(parsed, _autoCompactionRetention), 0);
    }

    private HashCheckOptions HashCheck(ParseResult parsed)
    {
        var regular = parsed.GetRequiredValue(_corruptCheckTime) is "0" or "0s" ? TimeSpan.Zero : Duration(parsed, _corruptCheckTime);
        var afterCompaction = parsed.GetValue(_compactHashCheck) && regular == TimeSpan.Zero;
        return new HashCheckOptions(
            parsed.GetValue(_initialCorruptCheck),
            afterCompaction ? Duration(parsed, _compactHashCheckTime) : regular,
            afterCompaction);
    }

    private static int Positive(ParseResult parsed, Option<int> option)
        => parsed.GetValue(option) is > 0 and var value ? value : throw new StartupException($"{option.Name} must be above 0");

    private static IReadOnlyList<string> List(string value)
        => value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static IReadOnlyList<string> Names(ParseResult parsed, Option<string[]> option)
        => [.. (parsed.GetValue(option) ?? []).SelectMany(List)];

    private static IReadOnlyList<Uri> Urls(ParseResult parsed, Option<string> option)
        => [.. List(parsed.GetRequiredValue(option)).Select(text =>
            Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
                ? url
                : throw new StartupException($"{option.Name}: '{text}' is not an http or https URL"))];

    private static TimeSpan Duration(ParseResult parsed, Option<string> option) => Duration(option.Name, parsed.GetRequiredValue(option));

    private static TimeSpan Duration(string option, string text)
    {
        var unit = text.EndsWith("ms", StringComparison.Ordinal) ? "ms" : text.Length > 0 ? text[^1..] : "";
        TimeSpan? scale = unit switch
        {
            "ms" => TimeSpan.FromMilliseconds(1),
            "s" => TimeSpan.FromSeconds(1),
            "m" => TimeSpan.FromMinutes(1),
            "h" => TimeSpan.FromHours(1),
            _ => null,
        };
        return scale is not null
            && double.TryParse(text[..^unit.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count) && count > 0
            ? scale.Value * count
            : throw new StartupException($"{option}: '{text}' is not a duration such as 10m, 5s or 100ms");
    }

    private static Option<string> Text(string name, string description, string value)
        => new(name) { Description = description, DefaultValueFactory = _ => value };

    private static Option<int> Number(string name, string description, int value)
        => new(name) { Description = description, DefaultValueFactory = _ => value };
}
