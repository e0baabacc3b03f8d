using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using Etcd.V3;
using Grpc.Core;
using Grpc.Net.Client;
using Kube.Testing;

namespace Kube.Robustness.Chaos.Cluster;

/// <summary>
/// A store of real processes. One task changes it; all others read <see cref="Members"/> and <see cref="Endpoints"/>, from any thread.
/// </summary>
internal sealed partial class StoreCluster : IAsyncDisposable
{
    /// <summary>A healthy cluster answers within this; short, as the question is asked again.</summary>
    private static readonly TimeSpan StatusLimit = TimeSpan.FromMilliseconds(700);

    private readonly ChaosOptions _options;
    private readonly RunClock _clock;
    private readonly string _home;
    private readonly ChaosPki _pki;
    private readonly string? _clockLibrary;
    private ImmutableSortedDictionary<int, Member> _members = ImmutableSortedDictionary<int, Member>.Empty;
    private readonly ConcurrentDictionary<int, GrpcChannel> _admin = new();
    private volatile IReadOnlyList<MemberAddress> _endpoints = [];

    private StoreCluster(ChaosOptions options, RunClock clock, string home, INetwork network, ChaosPki pki, string? clockLibrary)
    {
        (_options, _clock, _home, Network, _pki, _clockLibrary) = (options, clock, home, network, pki, clockLibrary);
    }

    public INetwork Network { get; }

    /// <summary>What this machine does not let the harness do, one line each, for the report.</summary>
    public List<string> Obstacles { get; } = [];

    /// <summary>Members by number, removed ones not among them.</summary>
    public ImmutableSortedDictionary<int, Member> Members => Volatile.Read(ref _members);

    /// <summary>The members that clients may call.</summary>
    public IReadOnlyList<MemberAddress> Endpoints => _endpoints;

    public ChaosPki Pki => _pki;

    /// <summary>Ends of processes that nobody asked for.</summary>
    public ConcurrentQueue<UnexpectedExit> UnexpectedExits { get; } = new();

    /// <summary>The fewest members that can decide.</summary>
    public int Majority => (_members.Count / 2) + 1;

    /// <summary>Makes network, disks and certificates, and starts all members.</summary>
    public static async Task<StoreCluster> StartAsync(ChaosOptions options, RunClock clock, string home)
    {
        INetwork network = options.IsIsolated ? await NamespaceNetwork.CreateAsync() : new LoopbackNetwork(options.Port);
        var (library, obstacle) = options.Against == Target.Etcd
            ? (null, "etcd reads the clock without libc, so its clock cannot be made to jump from outside")
            : await MemberClock.CompileAsync(home);
        var cluster = new StoreCluster(options, clock, home, network, new ChaosPki(Path.Combine(home, "pki"), DateTimeOffset.UtcNow), library);
        if (obstacle is not null)
        {
            cluster.Obstacles.Add("clock: " + obstacle);
        }

        try
        {
            for (var number = 1; number <= options.Members; number++)
            {
                await cluster.AddMemberAsync(number);
            }

            var initial = InitialCluster(cluster._members.Values);
            foreach (var member in cluster._members.Values)
            {
                cluster._joined[member.Address.Number] = (initial, "new");
                cluster.Start(member);
            }

            cluster.Publish();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a member's process again with its first command line.</summary>
    public void Start(Member member)
    {
        var (initialCluster, state) = _joined[member.Address.Number];
        var (certificate, key) = _certificates[member.Address.Number];
        var address = member.Address;
        string[] program = (_options.Against, _options.Plant) switch
        {
            (Target.Etcd, _) => [_options.Executable],
            (_, { } bug) => [_options.Executable, bug, "serve"],
            _ => [_options.Executable, "store", "serve"],
        };
        string[] arguments =
        [
            "--name", address.Name,
            "--data-dir", member.DataDirectory,
            "--listen-client-urls", address.ClientUrl,
            "--advertise-client-urls", address.ClientUrl,
            "--listen-peer-urls", address.PeerUrl,
            "--initial-advertise-peer-urls", address.PeerUrl,
            "--initial-cluster", initialCluster,
            "--initial-cluster-token", "chaos",
            "--initial-cluster-state", state,
            "--cert-file", certificate, "--key-file", key, "--trusted-ca-file", _pki.AuthorityFile, "--client-cert-auth",
            "--peer-cert-file", certificate, "--peer-key-file", key, "--peer-trusted-ca-file", _pki.AuthorityFile, "--peer-client-cert-auth",
            "--heartbeat-interval", _options.HeartbeatIntervalMs.ToString(CultureInfo.InvariantCulture),
            "--election-timeout", _options.ElectionTimeoutMs.ToString(CultureInfo.InvariantCulture),
            "--snapshot-count", _options.SnapshotCount.ToString(CultureInfo.InvariantCulture),
        ];
        member.Start(Network.Enter(address.Number), [.. program, .. arguments]);
    }

    /// <summary>Starts every member that is down and lets paused ones go on.</summary>
    public void Revive()
    {
        foreach (var member in _members.Values)
        {
            if (member.State == MemberState.Paused)
            {
                member.Resume();
            }
            else if (member.State == MemberState.Down)
            {
                Start(member);
            }
        }
    }

    /// <summary>A channel of the caller's own to a member, over mutual TLS. A dead connection is noticed within seconds.</summary>
    public GrpcChannel Connect(MemberAddress address)
    {
        var handler = GrpcChannel.CreateHandler();
        handler.SslOptions = _pki.ClientTls();
        handler.ConnectTimeout = TimeSpan.FromSeconds(1);
        handler.KeepAlivePingDelay = TimeSpan.FromSeconds(1);
        handler.KeepAlivePingTimeout = TimeSpan.FromSeconds(2);
        handler.KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests;
        return GrpcChannel.ForAddress(address.ClientUrl, new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true, MaxReceiveMessageSize = null });
    }

    /// <summary>A channel to a member that the harness itself asks over.</summary>
    public GrpcChannel Admin(int number) => _admin.GetOrAdd(number, at => Connect(_members[at].Address));

    /// <summary>What a member says of itself; null when it does not answer soon.</summary>
    public async Task<StatusResponse?> StatusAsync(int number)
    {
        if (_members[number].State != MemberState.Running)
        {
            return null;
        }

        try
        {
            return await new Maintenance.MaintenanceClient(Admin(number))
                .StatusAsync(new StatusRequest(), deadline: DateTime.UtcNow + StatusLimit);
        }
        catch (RpcException)
        {
            return null;
        }
    }

    /// <summary>What all running members say of themselves.</summary>
    public async Task<IReadOnlyDictionary<int, StatusResponse>> StatusesAsync()
    {
        var answers = await Task.WhenAll(_members.Keys.ToArray().Select(async number => (number, status: await StatusAsync(number))));
        return answers.Where(answer => answer.status is not null).ToDictionary(answer => answer.number, answer => answer.status!);
    }

    /// <summary>The member that leads; null when none says so now.</summary>
    public async Task<int?> FindLeaderAsync()
    {
        var leaders = (await StatusesAsync()).Where(answer => answer.Value.Leader != 0 && answer.Value.Leader == answer.Value.Header.MemberId).ToList();
        return leaders.Count == 0 ? null : leaders.MaxBy(answer => answer.Value.RaftTerm).Key;
    }

    /// <summary>Awaits that all members run, know one leader and answer linearizable reads.</summary>
    /// <exception cref="TimeoutException">They do not within the bound; the message says what each member says.</exception>
    public async Task AwaitHealthAsync(TimeSpan limit)
    {
        var last = "";
        try
        {
            await Eventually.HoldsAsync(
                async () =>
                {
                    (var isHealthy, last) = await ProbeAsync();
                    return isHealthy;
                },
                "all members are healthy",
                limit);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"not healthy within {limit.TotalSeconds:0} s: {last}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var channel in _admin.Values)
        {
            channel.Dispose();
        }

        foreach (var member in _members.Values.Concat(_removed))
        {
            await member.KillAsync();
            member.Disk.Release();
            member.Dispose();
        }

        _pki.Dispose();
    }

    private static string InitialCluster(IEnumerable<Member> members) =>
        string.Join(',', members.Select(member => $"{member.Address.Name}={member.Address.PeerUrl}"));

    private void Publish() => _endpoints = [.. _members.Values.Select(member => member.Address)];

    private async Task<(bool IsHealthy, string What)> ProbeAsync()
    {
        var statuses = await StatusesAsync();
        if (statuses.Count < _members.Count || statuses.Values.Select(status => status.Leader).Distinct().Count() > 1
            || statuses.Values.First().Leader == 0)
        {
            return (false, string.Join("; ", _members.Values.Select(member => statuses.TryGetValue(member.Address.Number, out var status)
                ? $"{member.Address.Name}: leader {status.Leader:x}, term {status.RaftTerm}, index {status.RaftIndex}, applied {status.RaftAppliedIndex}"
                : $"{member.Address.Name}: {member.State}, no answer")));
        }

        foreach (var number in _members.Keys)
        {
            try
            {
                var key = Google.Protobuf.ByteString.CopyFromUtf8("health");
                await new KV.KVClient(Admin(number)).RangeAsync(new RangeRequest { Key = key }, deadline: DateTime.UtcNow + TimeSpan.FromSeconds(2));
            }
            catch (RpcException e)
            {
                return (false, $"m{number} does not answer a linearizable read: {e.Status.Detail}");
            }
        }

        return (true, "");
    }
}
