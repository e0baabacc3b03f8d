using System.Diagnostics;
using Kube.Testing;

namespace Kube.Conformance.Tests.Store;

/// <summary>A store of three members, each a process of its own.</summary>
internal sealed class StoreProcesses : IAsyncDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("stores-").FullName;
    private readonly (int Client, int Peer)[] _ports = [.. Enumerable.Range(0, 3).Select(static _ => (RealEtcd.FreePort(), RealEtcd.FreePort()))];
    private readonly Process?[] _members = new Process?[3];

    public string Endpoint(int member) => $"http://127.0.0.1:{_ports[member].Client}";

    public string Endpoints => string.Join(',', Enumerable.Range(0, 3).Select(Endpoint));

    public void Start(int member)
    {
        var peers = Enumerable.Range(0, 3).Select(other => $"s{other}=http://127.0.0.1:{_ports[other].Peer}");
        var peer = $"http://127.0.0.1:{_ports[member].Peer}";
        var process = Command.Start(
            Path.Combine(AppContext.BaseDirectory, "kube"),
            [
                "store", "serve", "--name", $"s{member}", "--data-dir", Path.Combine(_root, $"s{member}"),
                "--listen-client-urls", Endpoint(member), "--advertise-client-urls", Endpoint(member),
                "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", string.Join(',', peers),
            ]);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _members[member] = process;
    }

    /// <summary>Starts those that do not run, and waits until the store serves.</summary>
    public async Task StartAllAsync()
    {
        for (var member = 0; member < 3; member++)
        {
            if (_members[member] is null)
            {
                Start(member);
            }
        }
        await Eventually.HoldsAsync(async () => (await Etcdctl.RunAsync(Endpoints, ["endpoint", "health"])).ExitCode == 0, "the store serves", TimeSpan.FromSeconds(60));
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

    public ValueTask DisposeAsync()
    {
        for (var member = 0; member < 3; member++)
        {
            Kill(member);
        }
        Directory.Delete(_root, recursive: true);
        return ValueTask.CompletedTask;
    }
}
