using System.Diagnostics;
using System.Globalization;
using Etcd.V3;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

namespace Kube.Load;

/// <summary>A store of three members on this machine, each a process of its own, on plain loopback ports.</summary>
internal sealed class StoreCluster : IAsyncDisposable
{
    public const int Size = 3;

    private const string Quota = "--quota-backend-bytes";
    private const int OpsPerTxn = 128;
    private const int Writers = 16;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);
    private readonly string _executable;
    private readonly string[] _subcommand;
    private readonly IReadOnlyList<string> _flags;
    private readonly int _basePort;
    private readonly string _root;
    private readonly Process?[] _members = new Process?[Size];
    private readonly GrpcChannel[] _channels;

    /// <param name="executable">The kube executable, or etcd's.</param>
    /// <param name="basePort">The first of six ports.</param>
    /// <param name="directory">Where the data goes: on the disk that is to be measured.</param>
    /// <param name="flags">Further flags of the members.</param>
    public StoreCluster(string executable, int basePort, string directory, IReadOnlyList<string>? flags = null)
    {
        _flags = flags ?? [];
        _executable = executable;
        _subcommand = Path.GetFileNameWithoutExtension(executable) == "etcd" ? [] : ["store", "serve"];
        _basePort = basePort;
        _root = Directory.CreateDirectory(Path.Combine(directory, $"kube-bench-{Environment.ProcessId}-{basePort}")).FullName;
        _channels = [.. Enumerable.Range(0, Size).Select(i => GrpcChannel.ForAddress(Url(i)))];
    }

    public KV.KVClient Kv(int member) => new(_channels[member]);

    public Watch.WatchClient Watch(int member) => new(_channels[member]);

    /// <summary>What the data of all members takes on the disk.</summary>
    public long DiskBytes
    {
        get
        {
            using var du = Process.Start(new ProcessStartInfo("du", ["-s", "-B1", _root]) { RedirectStandardOutput = true })!;
            var text = du.StandardOutput.ReadToEnd();
            du.WaitForExit();
            return long.Parse(text.Split('\t')[0], CultureInfo.InvariantCulture);
        }
    }

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
            },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var flag in _flags.Contains(Quota) ? _flags : [.. _flags, Quota, (8L << 30).ToString(CultureInfo.InvariantCulture)])
        {
            start.ArgumentList.Add(flag);
        }
        var process = Process.Start(start)!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _members[member] = process;
    }

    /// <summary>Starts every member.</summary>
    public void StartAll()
    {
        for (var i = 0; i < Size; i++)
        {
            Start(i);
        }
    }

    /// <summary>Starts every member and waits until each serves.</summary>
    public async Task StartAllAsync()
    {
        StartAll();
        for (var i = 0; i < Size; i++)
        {
            await ServesAsync(i).ConfigureAwait(false);
        }
    }

    /// <summary>kill -9 of every member.</summary>
    public void KillAll() => Enumerable.Range(0, Size).ToList().ForEach(Kill);

    /// <summary>Stops the members where they are, so that they take nothing from what is measured.</summary>
    public void Pause() => Signal("STOP");

    /// <summary>Lets the members go on.</summary>
    public void Resume() => Signal("CONT");

    /// <summary>Compacts at the newest revision.</summary>
    public async Task CompactAsync()
    {
        var now = await Kv(0).RangeAsync(new RangeRequest { Key = ByteString.CopyFromUtf8("k") }).ConfigureAwait(false);
        await Kv(0).CompactAsync(new CompactionRequest { Revision = now.Header.Revision }).ConfigureAwait(false);
    }

    /// <summary>Writes numbered keys, some to a transaction.</summary>
    public async Task FillAsync(string prefix, int keys, int member, int valueSizeBytes, int opsPerTxn = OpsPerTxn)
    {
        var next = 0;
        var value = ByteString.CopyFrom(new byte[valueSizeBytes]);
        await Task.WhenAll(Enumerable.Range(0, opsPerTxn == 1 ? Writers * 8 : Writers).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Add(ref next, opsPerTxn) - opsPerTxn is var begin && begin < keys)
            {
                var txn = new TxnRequest();
                for (var i = begin; i < Math.Min(begin + opsPerTxn, keys); i++)
                {
                    var key = ByteString.CopyFromUtf8(prefix + i.ToString("D8", CultureInfo.InvariantCulture));
                    txn.Success.Add(new RequestOp { RequestPut = new PutRequest { Key = key, Value = value } });
                }
                await Kv(member).TxnAsync(txn).ConfigureAwait(false);
            }
        }))).ConfigureAwait(false);
    }

    /// <summary>Writes at one member, again and again until it is acknowledged.</summary>
    public async Task PutAsync(int member, string key, TimeSpan patience)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await Kv(member).PutAsync(
                    new PutRequest { Key = ByteString.CopyFromUtf8(key), Value = ByteString.CopyFrom(new byte[256]) },
                    deadline: DateTime.UtcNow.AddSeconds(10)).ConfigureAwait(false);
                return;
            }
            catch (RpcException) when (watch.Elapsed < patience)
            {
                await Task.Delay(5).ConfigureAwait(false);
            }
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

    private void Signal(string name)
    {
        foreach (var process in ProcessIds)
        {
            using var kill = Process.Start("kill", [$"-{name}", process.ToString(CultureInfo.InvariantCulture)])!;
            kill.WaitForExit();
        }
    }

    private string Url(int member) => $"http://127.0.0.1:{_basePort + (2 * member)}";

    private string PeerUrl(int member) => $"http://127.0.0.1:{_basePort + (2 * member) + 1}";
}
