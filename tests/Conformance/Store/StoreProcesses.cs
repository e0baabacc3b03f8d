using System.Diagnostics;
using System.Text;
using Kube.Testing;

namespace Kube.Conformance.Tests.Store;

/// <summary>A store of three members, each a process of its own; two more may join.</summary>
internal sealed class StoreProcesses : IAsyncDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("stores-").FullName;
    private const int Founders = 3;
    private const int MostMembers = 5;

    private readonly (int Client, int Peer)[] _ports = [.. Enumerable.Range(0, MostMembers).Select(static _ => (RealEtcd.FreePort(), RealEtcd.FreePort()))];
    private readonly Process?[] _members = new Process?[MostMembers];
    private readonly StringBuilder[] _errors = [.. Enumerable.Range(0, MostMembers).Select(static _ => new StringBuilder())];

    public string Endpoint(int member) => $"http://127.0.0.1:{_ports[member].Client}";

    public string PeerUrl(int member) => $"http://127.0.0.1:{_ports[member].Peer}";

    public string Endpoints => string.Join(',', Enumerable.Range(0, Founders).Select(Endpoint));

    /// <summary>The directory of a member's data.</summary>
    public string DataDir(int member) => Path.Combine(_root, $"s{member}");

    public void Start(int member) => Start(member, Enumerable.Range(0, Founders), "new");

    /// <summary>Starts a member that was added to a running cluster of these members, itself included.</summary>
    public void Join(int member, IEnumerable<int> cluster) => Start(member, cluster, "existing");

    private void Start(int member, IEnumerable<int> cluster, string state)
    {
        var peers = cluster.Select(other => $"s{other}={PeerUrl(other)}");
        var peer = PeerUrl(member);
        var process = Command.Start(
            KubeExecutable.Path,
            [
                "store", "serve", "--name", $"s{member}", "--data-dir", DataDir(member),
                "--listen-client-urls", Endpoint(member), "--advertise-client-urls", Endpoint(member),
                "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", string.Join(',', peers), "--initial-cluster-state", state,
            ]);
        process.BeginOutputReadLine();
        process.ErrorDataReceived += (_, line) =>
        {
            lock (_errors[member])
            {
                _errors[member].AppendLine(line.Data);
            }
        };
        process.BeginErrorReadLine();
        _members[member] = process;
    }

    /// <summary>Starts those that do not run, and waits until the store serves.</summary>
    public async Task StartAllAsync()
    {
        for (var member = 0; member < Founders; member++)
        {
            if (_members[member] is null)
            {
                Start(member);
            }
        }
        await Eventually.HoldsAsync(async () => (await Etcdctl.RunAsync(Endpoints, ["endpoint", "health"])).ExitCode == 0, "the store serves", TimeSpan.FromSeconds(60));
    }

    /// <summary>Waits until a member's process has ended by itself, and gives its exit code and what it said of it.</summary>
    public async Task<(int ExitCode, string Error)> EndedAsync(int member)
    {
        var process = _members[member] ?? throw new InvalidOperationException("it does not run");
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await process.WaitForExitAsync(limit.Token);
        lock (_errors[member])
        {
            return (process.ExitCode, _errors[member].ToString());
        }
    }

    /// <summary>Which members run, and what they have said of errors: for the message of a test that fails.</summary>
    public string Report() => string.Join('\n', Enumerable.Range(0, MostMembers).Select(member =>
    {
        var state = _members[member] is not { } process ? "does not run" : process.HasExited ? $"has ended with {process.ExitCode}" : "runs";
        lock (_errors[member])
        {
            return $"s{member} {state} {_errors[member]}";
        }
    }));

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

    public ValueTask DisposeAsync()
    {
        for (var member = 0; member < MostMembers; member++)
        {
            Kill(member);
        }
        Directory.Delete(_root, recursive: true);
        return ValueTask.CompletedTask;
    }
}
