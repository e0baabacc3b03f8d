using Kube.Testing;

namespace Kube.Conformance.Tests.Store;

/// <summary>
/// The same etcdctl commands against Debian's etcd and the store: same output, same exit code.
/// </summary>
public sealed class SideBySideTests : IAsyncLifetime
{
    private SideBySide _both = null!;

    public async Task InitializeAsync() => _both = await SideBySide.StartAsync();

    public async Task DisposeAsync() => await _both.DisposeAsync();

    [Fact]
    public async Task Keys_and_transactions()
    {
        await _both.SameAsync("put a 1");
        await _both.SameAsync("put a 2 --prev-kv");
        await _both.SameAsync("put a 2 --prev-kv -w json");
        foreach (var put in new[] { "foo/1 x", "foo/2 y", "foo/3 z", "foo b" })
        {
            await _both.SameAsync("put " + put);
        }
        string[] reads =
        [
            "get foo --prefix", "get foo --prefix --keys-only", "get foo --prefix --limit 2 -w json", "get foo --prefix --count-only -w fields",
            "get foo/1 foo/3", "get foo/2 --from-key", "get --prefix foo --order=DESCEND --sort-by=KEY",
            "get --prefix foo --order=DESCEND --sort-by=MODIFY -w json", "get --prefix foo --order=ASCEND --sort-by=VALUE",
            "get --prefix foo --order=ASCEND --sort-by=CREATE --limit 2", "get a --rev=2 -w json", "get a --rev=3", "get a --rev=1000",
            "get nothing -w json", "get a --consistency=s", "get z y", "get --prefix= --keys-only",
        ];
        foreach (var read in reads)
        {
            await _both.SameAsync(read);
        }
        foreach (var command in new[]
        {
            "del foo/1 --prev-kv", "del foo/1", "del foo/ --prefix --prev-kv -w json", "get foo/2 --rev=5", "put --ignore-value nothing",
            "put --ignore-lease a 5", "put a --ignore-value", "put k --lease=1234 v",
        })
        {
            await _both.SameAsync(command);
        }
        await _both.SameAsync("txn", "value(\"a\") = \"5\"\n\nput b txn\nget a\n\nput b no\n\n");
        await _both.SameAsync("txn -w json", "mod(\"a\") > \"1\"\nver(\"b\") = \"1\"\ncreate(\"zz\") = \"0\"\n\ndel b\nput c 1\nget c\n\nput b no\n\n");
        await _both.SameAsync("txn", "value(\"missing\") = \"\"\n\nget a\n\nget b\n\n");
        await _both.SameAsync("txn", "\nput b 1\nput b 2\n\n\n");
        await _both.SameAsync("txn", "\nput b 1\ndel b\n\n\n");
        await _both.SameAsync("txn", "\nput q1 1\nget q1 --rev=10000\n\n\n");
        await _both.SameAsync("endpoint hashkv -w json");
        // What etcd 3.4 itself gets wrong (a refused transaction with a put) shows only with several members.
        foreach (var command in new[]
        {
            "get q1", "compaction 5", "compaction 5", "compaction 9999", "get a --rev=3", "endpoint hashkv -w json",
            "compaction --physical 8", "endpoint hashkv -w json", "put big --ignore-value", "alarm list", "alarm disarm",
        })
        {
            await _both.SameAsync(command);
        }
    }

    [Fact]
    public async Task Leases()
    {
        var ids = new[] { await GrantAsync(_both.Etcd.Endpoint), await GrantAsync(_both.Store.Endpoint) };
        foreach (var command in new[]
        {
            "put leased/a 1 --lease={L}", "put leased/b 1 --lease={L}", "lease timetolive {L} --keys", "lease keep-alive --once {L}",
            "lease list", "get leased/a -w json", "put leased/b 2 --ignore-lease", "put leased/b 3", "lease timetolive {L} --keys",
            "lease revoke {L}", "lease revoke {L}", "lease timetolive {L}", "lease keep-alive --once {L}", "get leased --prefix",
            "lease timetolive 77 -w json", "lease grant 0",
        })
        {
            await _both.SameAsync(command, leases: ids);
        }
    }

    [Fact]
    public async Task Watches()
    {
        for (var i = 1; i <= 5; i++)
        {
            await _both.SameAsync($"put h{i} v{i}");
        }
        await _both.SameAsync("put h1 again");
        await _both.SameAsync("del h2");
        string[] watches =
        [
            "watch h1 -w json", "watch h --prefix", "watch h --prefix --rev=2 -w json", "watch h --prefix --rev=4 --prev-kv",
            "watch h1 h3 --prev-kv", "watch h --prefix --rev=9", "watch h3 --rev=-5", "watch z a", "watch --prefix= --prev-kv",
        ];
        var theirs = watches.Select(watch => new RunningWatch(_both.Etcd.Endpoint, watch)).ToList();
        var ours = watches.Select(watch => new RunningWatch(_both.Store.Endpoint, watch)).ToList();
        // Watches of the next revision say nothing when they stand: write to another key until each has begun.
        await Task.WhenAll(theirs.Concat(ours).Select(static watch => watch.ConnectedAsync()));
        await _both.SameAsync("put h1 new");
        await _both.SameAsync("del h --prefix");
        await _both.SameAsync("put h9 1");
        await _both.SameAsync("txn", "\nput h1 t1\nput h2 t2\ndel h9\n\n\n");
        for (var i = 0; i < watches.Length; i++)
        {
            await Eventually.HoldsAsync(
                () => SideBySide.Normalize(theirs[i].Output) == SideBySide.Normalize(ours[i].Output) && IsComplete(watches[i], theirs[i].Output),
                $"{watches[i]} prints the same:\n{SideBySide.Normalize(theirs[i].Output)}\n--- and ours:\n{SideBySide.Normalize(ours[i].Output)}",
                TimeSpan.FromSeconds(10));
        }
        foreach (var watch in theirs.Concat(ours))
        {
            await watch.DisposeAsync();
        }
    }

    [Fact]
    public async Task Members_and_maintenance()
    {
        foreach (var command in new[] { "member list", "endpoint health", "defrag", "user list", "role list", "user get u", "role get r", "auth enable" })
        {
            await _both.SameAsync(command);
        }
    }

    /// <summary>True once the last change of the script must have been printed, for watches that see it.</summary>
    private static bool IsComplete(string watch, string output)
        => watch.Contains("--rev=-5", StringComparison.Ordinal) || watch == "watch z a" || output.Contains(watch.Contains("json", StringComparison.Ordinal) ? "dDE=" : "t1", StringComparison.Ordinal);

    private static async Task<string> GrantAsync(string endpoint)
        => (await Etcdctl.RunAsync(endpoint, ["lease", "grant", "600"])).Succeeded().Split(' ')[1];
}
