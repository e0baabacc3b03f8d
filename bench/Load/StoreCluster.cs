using System.Diagnostics;
using Etcd.V3;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

namespace Kube.Load;

/// <summary>A store of three members on this machine, each a process of its own, on plain loopback ports.</summary>
internal sealed class StoreCluster : IAsyncDisposable
{
    public const int Size = 3;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);
    private readonly string _executable;
    private readonly string[] _subcommand;
    private readonly int _basePort;
    private readonly string _root;
    private readonly Process?[] _members = new Process?[Size];
    private readonly GrpcChannel[] _channels;

    /// <param name="executable">The kube executable, or etcd's.</param>
    /// <param name="basePort">The first of six ports.</param>
    /// <param name="directory">Where the data goes: on the disk that is to be measured.</param>
    public StoreCluster(string executable, int basePort, string directory)
    {
        _executable = executable;
        _subcommand = Path.GetFileNameWithoutExtension(executable) == "etcd" ? [] : ["store", "serve"];
        _basePort = basePort;
        _root = Directory.CreateDirectory(Path.Combine(directory, $"kube-bench-{Environment.ProcessId}-{basePort}")).FullName;
        _channels = [.. Enumerable.Range(0, Size).Select(i => GrpcChannel.ForAddress(Url(i)))];
    }

    public KV.KVClient Kv(int member) => new(_channels[member]);

    /// <summary>Where clients reach the members.</summary>
    public IReadOnlyList<string> Endpoints => [.. Enumerable.Range(0, Size).Select(Url)];

    /// <summary>The processes of the members that are up.</summary>
    public IReadOnlyList<int> ProcessIds => [.. _members.OfType<Process>().Select(process => process.Id)];

    public bool IsUp(int member) => _members[member] is not null;

    public void Start(int member)
    {
        var cluster = string.Join(',', Enumerable.Range(0, Size).Select(i => $"s{i}={PeerUrl(i)}"));
        var start = new ProcessStartInfo(_executable, _subcommand)
        {
            ArgumentList =
            {
                "--name", $"s{member}", "--data-dir", Path.Combine(_root, $"s{member}"),
                "--listen-client-urls", Url(member), "--advertise-client-urls", Url(member),
                "--listen-peer-urls", PeerUrl(member), "--initial-advertise-peer-urls", PeerUrl(member), "--initial-cluster", cluster,
                "--quota-backend-bytes", (8L << 30).ToString(System.Globalization.CultureInfo.InvariantCulture),
            },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = Process.Start(start)!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _members[member] = process;
    }

    /// <summary>Starts all members, and waits until each serves.</summary>
    public async Task StartAllAsync()
    {
        for (var i = 0; i < Size; i++)
        {
            Start(i);
        }

        for (var i = 0; i < Size; i++)
        {
            await ServesAsync(i).ConfigureAwait(false);
        }
    }

    /// <summary>kill -9.</summary>
    public void Kill(int member)
    {
        if (_members[member] is { } process)
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
            _members[member] = null;
        }
    }

    /// <summary>What a member says of itself; null when it does not answer.</summary>
    public async Task<StatusResponse?> StatusAsync(int member)
    {
        try
        {
            return await new Maintenance.MaintenanceClient(_channels[member])
                .StatusAsync(new StatusRequest(), deadline: DateTime.UtcNow.AddSeconds(1)).ConfigureAwait(false);
        }
        catch (RpcException)
        {
            return null;
        }
    }

    /// <summary>The member that leads, once there is one.</summary>
    public async Task<int> LeaderAsync()
    {
        var leader = -1;
        await UntilAsync(async () =>
        {
            for (var i = 0; i < Size && leader < 0; i++)
            {
                if (IsUp(i) && await StatusAsync(i).ConfigureAwait(false) is { } status && status.Leader == status.Header.MemberId)
                {
                    leader = i;
                }
            }
            return leader >= 0;
        }).ConfigureAwait(false);
        return leader;
    }

    /// <summary>Waits until a member answers a linearizable read.</summary>
    public Task ServesAsync(int member) => UntilAsync(async () =>
    {
        try
        {
            await Kv(member).RangeAsync(new RangeRequest { Key = ByteString.CopyFromUtf8("k") }, deadline: DateTime.UtcNow.AddSeconds(2)).ConfigureAwait(false);
            return true;
        }
        catch (RpcException)
        {
            return false;
        }
    });

    /// <summary>Polls a condition, every few milliseconds.</summary>
    /// <exception cref="TimeoutException">It did not come to hold within three minutes.</exception>
    public static async Task UntilAsync(Func<Task<bool>> condition)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition().ConfigureAwait(false))
        {
            if (watch.Elapsed > s_patience)
            {
                throw new TimeoutException($"the store did not get there within {s_patience}");
            }
            await Task.Delay(5).ConfigureAwait(false);
        }
    }

    public ValueTask DisposeAsync()
    {
        for (var member = 0; member < Size; member++)
        {
            Kill(member);
            _channels[member].Dispose();
        }
        Directory.Delete(_root, recursive: true);
        return ValueTask.CompletedTask;
    }

    private string Url(int member) => $"http://127.0.0.1:{_basePort + (2 * member)}";

    private string PeerUrl(int member) => $"http://127.0.0.1:{_basePort + (2 * member) + 1}";
}
