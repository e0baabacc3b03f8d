using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Etcd.V3;
using Grpc.Core;
using Grpc.Net.Client;
using Kube.Testing;

namespace Kube.Conformance.Tests.Store;

/// <summary>etcdctl move-leader, and its call, on three members of Debian's etcd and three of the store: the same words and the same effects.</summary>
public sealed class MoveLeaderTests : IAsyncLifetime
{
    private readonly EtcdTrio _etcd = new();
    private readonly StoreProcesses _store = new();

    public Task InitializeAsync() => Task.WhenAll(_etcd.StartAllAsync(), _store.StartAllAsync());

    public async Task DisposeAsync()
    {
        await _etcd.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task Leadership_moves_and_is_refused_as_in_etcd()
    {
        var theirs = await TellAsync([.. _etcd.Endpoints.Split(',')]);
        var ours = await TellAsync([.. _store.Endpoints.Split(',')]);
        Assert.Equal(theirs, ours);
        Assert.Contains("Leadership transferred from LEADER to FIRST", theirs, StringComparison.Ordinal);
    }

    /// <summary>Everything that is asked, and what is answered, the members named by the parts they have.</summary>
    private static async Task<string> TellAsync(string[] endpoints)
    {
        var all = string.Join(',', endpoints);
        var story = new List<string>();
        var before = await StatusAsync(all);
        var leader = before.Single(static member => member.Id == member.Leader);
        List<MemberStatus> others = [.. before.Where(member => member.Id != leader.Id)];
        string Named(string text) => text
            .Replace(Hex(leader.Id), "LEADER", StringComparison.Ordinal)
            .Replace(Hex(others[0].Id), "FIRST", StringComparison.Ordinal)
            .Replace(Hex(others[1].Id), "SECOND", StringComparison.Ordinal);
        async Task Tell(string endpoints, params string[] arguments)
        {
            var result = await Etcdctl.RunAsync(endpoints, ["move-leader", .. arguments]);
            story.Add(SideBySide.Normalize(Named($"move-leader {string.Join(' ', arguments)}\nexit {result.ExitCode}\n{result.Output}{result.Error}")));
        }

        await Tell(all);
        await Tell(all, "no number");
        await Tell(all, "63");
        await Tell(others[0].Endpoint, Hex(others[0].Id));
        story.Add(Named(await CallAsync(others[0].Endpoint, others[1].Id)));
        story.Add(Named(await CallAsync(leader.Endpoint, 99)));

        using var writing = new CancellationTokenSource();
        var written = WriteAsync(all, writing.Token);
        await Tell(all, Hex(others[0].Id));
        await LeadsAsync(all, others[0].Id);
        await Tell(all, Hex(others[0].Id));
        await LeadsAsync(all, others[0].Id);
        story.Add(Named(await CallAsync(leader.Endpoint, leader.Id)));
        await Tell(all, Hex(leader.Id));
        await LeadsAsync(all, leader.Id);
        await writing.CancelAsync();
        story.Add($"writes went on: {await written}");

        var after = await StatusAsync(all);
        story.Add($"{after.Select(static member => member.Term).Distinct().Count()} term, later than before: {after[0].Term > before[0].Term}");
        return string.Join("\n\n", story);
    }

    private static async Task<string> CallAsync(string endpoint, ulong target)
    {
        using var channel = GrpcChannel.ForAddress(endpoint);
        try
        {
            var answer = await new Maintenance.MaintenanceClient(channel).MoveLeaderAsync(
                new MoveLeaderRequest { TargetID = target }, deadline: DateTime.UtcNow.AddSeconds(10));
            return $"call: moved, header {answer.Header?.ToString() ?? "none"}";
        }
        catch (RpcException e)
        {
            return $"call: {e.StatusCode} {e.Status.Detail}";
        }
    }

    /// <summary>Puts until told to stop; a put may fail while there is no leader.</summary>
    /// <returns>Whether the last put, with a leader, went through.</returns>
    private static async Task<bool> WriteAsync(string endpoints, CancellationToken cancellationToken)
    {
        for (var i = 0; !cancellationToken.IsCancellationRequested; i++)
        {
            await Etcdctl.RunAsync(endpoints, ["put", "moved", $"{i}"]);
        }
        return (await Etcdctl.RunAsync(endpoints, ["put", "moved", "last"])).ExitCode == 0;
    }

    private static Task LeadsAsync(string endpoints, ulong id) => Eventually.HoldsAsync(
        async () => (await StatusAsync(endpoints)).TrueForAll(member => member.Leader == id), $"all know that {Hex(id)} leads");

    private static async Task<List<MemberStatus>> StatusAsync(string endpoints)
    {
        var result = await Etcdctl.RunAsync(endpoints, ["endpoint", "status", "-w", "json"]);
        result.Succeeded();
        using var json = JsonDocument.Parse(result.Output);
        return
        [
            .. json.RootElement.EnumerateArray().Select(static member => new MemberStatus(
                member.GetProperty("Endpoint").GetString()!,
                member.GetProperty("Status").GetProperty("header").GetProperty("member_id").GetUInt64(),
                member.GetProperty("Status").GetProperty("leader").GetUInt64(),
                member.GetProperty("Status").GetProperty("raftTerm").GetUInt64())),
        ];
    }

    private static string Hex(ulong id) => id.ToString("x", CultureInfo.InvariantCulture);

    private sealed record MemberStatus(string Endpoint, ulong Id, ulong Leader, ulong Term);

    /// <summary>Three members of Debian's etcd.</summary>
    private sealed class EtcdTrio : IAsyncDisposable
    {
        private const int Size = 3;

        private readonly string _root = Directory.CreateTempSubdirectory("etcd-trio-").FullName;
        private readonly (string Client, string Peer)[] _urls =
            [.. Enumerable.Range(0, Size).Select(static _ => ($"http://127.0.0.1:{RealEtcd.FreePort()}", $"http://127.0.0.1:{RealEtcd.FreePort()}"))];

        private readonly List<Process> _members = [];

        public string Endpoints => string.Join(',', _urls.Select(static urls => urls.Client));

        public async Task StartAllAsync()
        {
            var cluster = string.Join(',', _urls.Select(static (urls, i) => $"e{i}={urls.Peer}"));
            for (var i = 0; i < Size; i++)
            {
                var process = Command.Start(
                    "etcd",
                    [
                        "--name", $"e{i}", "--data-dir", Path.Combine(_root, $"e{i}"), "--listen-client-urls", _urls[i].Client,
                        "--advertise-client-urls", _urls[i].Client, "--listen-peer-urls", _urls[i].Peer,
                        "--initial-advertise-peer-urls", _urls[i].Peer, "--initial-cluster", cluster,
                    ]);
                process.BeginOutputReadLine();
                process.BeginErrorReadLine();
                _members.Add(process);
            }
            await Eventually.HoldsAsync(
                async () => (await Etcdctl.RunAsync(Endpoints, ["endpoint", "health"])).ExitCode == 0, "etcd is healthy", TimeSpan.FromSeconds(60));
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var member in _members)
            {
                member.Kill();
                await member.WaitForExitAsync();
                member.Dispose();
            }
            Directory.Delete(_root, recursive: true);
        }
    }
}
