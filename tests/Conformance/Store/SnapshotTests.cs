using Kube.RaftStore.Host;
using Kube.Testing;

namespace Kube.Conformance.Tests.Store;

/// <summary>
/// Moving from etcd to the store and back: `etcdctl snapshot save` from one, restored into the other, and all keys,
/// revisions, leases and users are there. Hashes of the histories are equal, computed by each side itself.
/// </summary>
public sealed class SnapshotTests : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("snapshots-").FullName;

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync()
    {
        Directory.Delete(_directory, recursive: true);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task From_the_store_to_etcd()
    {
        var file = Path.Combine(_directory, "from-store.db");
        string hash, keys, versions;
        await using (var store = await StoreMember.StartAsync())
        {
            await FillAsync(store.Endpoint);
            await SaveAsync(store.Endpoint, file);
            (hash, keys, versions) = await LookAsync(store.Endpoint);
        }
        var status = (await Etcdctl.RunAsync("127.0.0.1:1", ["snapshot", "status", file, "-w", "json"])).Succeeded();
        Assert.Contains("\"revision\":", status, StringComparison.Ordinal);
        Assert.DoesNotContain("\"totalKey\":0,", status, StringComparison.Ordinal);

        var dataDir = Path.Combine(_directory, "etcd");
        await using var etcd = await RealEtcd.RestoreAsync(file, dataDir);
        var (theirHash, theirKeys, theirVersions) = await LookAsync(etcd.Endpoint);
        Assert.Equal((hash, keys, versions), (theirHash, theirKeys, theirVersions));
        await LeasesAndUsersAsync(etcd.Endpoint);
    }

    [Fact]
    public async Task From_etcd_to_the_store()
    {
        var file = Path.Combine(_directory, "from-etcd.db");
        string hash, keys, versions;
        await using (var etcd = await RealEtcd.StartAsync())
        {
            await FillAsync(etcd.Endpoint);
            await SaveAsync(etcd.Endpoint, file);
            (hash, keys, versions) = await LookAsync(etcd.Endpoint);
        }
        await using (var store = await StoreMember.RestoreAsync(file))
        {
            Assert.Equal((hash, keys, versions), await LookAsync(store.Endpoint));
            await LeasesAndUsersAsync(store.Endpoint);
            await Eventually.HoldsAsync(
                async () => (await RunAsync(store.Endpoint, "member list")).Split(", ") is [_, "started", "moved", ..], "the member is the one it was restored for, and no other");
            // It goes on from there, and starts again from what it has.
            var second = Path.Combine(_directory, "again.db");
            await SaveAsync(store.Endpoint, second);
            await using var again = await StoreMember.RestoreAsync(second);
            Assert.Equal(await LookAsync(store.Endpoint), await LookAsync(again.Endpoint));
        }
    }

    [Fact]
    public async Task A_damaged_or_foreign_file_is_refused_and_leaves_no_directory()
    {
        var file = Path.Combine(_directory, "good.db");
        await using var store = await StoreMember.StartAsync();
        await FillAsync(store.Endpoint);
        await SaveAsync(store.Endpoint, file);
        var good = await File.ReadAllBytesAsync(file);
        var options = new StoreOptions { Name = "default", DataDir = Path.Combine(_directory, "refused") };

        good[9000] ^= 1;
        await File.WriteAllBytesAsync(file, good);
        Assert.Contains("expected sha256", Refused(skipHashCheck: false), StringComparison.Ordinal);
        await File.WriteAllBytesAsync(file, good[..^32]);
        Assert.Contains("snapshot missing hash", Refused(skipHashCheck: false), StringComparison.Ordinal);
        await File.WriteAllBytesAsync(file, new byte[8192]);
        Assert.Contains("not a bbolt database", Refused(skipHashCheck: true), StringComparison.Ordinal);

        string Refused(bool skipHashCheck)
        {
            var error = Assert.Throws<Kube.Hosting.StartupException>(() => SnapshotRestore.Run(file, options, skipHashCheck, default));
            Assert.False(Directory.Exists(options.DataDir));
            return error.Message;
        }
    }

    private static async Task FillAsync(string endpoint)
    {
        for (var i = 0; i < 20; i++)
        {
            await RunAsync(endpoint, $"put k{i % 7} value-{i}");
        }
        await RunAsync(endpoint, "put big " + new string('x', 20_000));
        await RunAsync(endpoint, "del k3");
        await RunAsync(endpoint, "compaction 9 --physical");
        await RunAsync(endpoint, "put k3 again");
        await RunAsync(endpoint, "del k4");
        var lease = (await RunAsync(endpoint, "lease grant 5000")).Split(' ')[1];
        await RunAsync(endpoint, $"put leased 1 --lease={lease}");
        foreach (var command in new[]
        {
            "user add root:rootpw", "role add root", "user grant-role root root", "user add alice:alicepw", "role add r",
            "role grant-permission r read k --prefix", "user grant-role alice r",
        })
        {
            await RunAsync(endpoint, command);
        }
    }

    private static async Task<(string Hash, string Keys, string Versions)> LookAsync(string endpoint)
    {
        var hash = (await RunAsync(endpoint, "endpoint hashkv")).Trim().Split(", ")[1];
        // The lease's id differs by server, but goes with the data.
        var keys = await RunAsync(endpoint, "get --prefix k -w fields");
        var all = await RunAsync(endpoint, "get --from-key a -w fields");
        var old = string.Concat(await Task.WhenAll(new[] { 9, 12, 20 }.Select(revision => RunAsync(endpoint, $"get --prefix k --rev={revision} -w fields"))));
        return (hash, Body(keys), Body(all) + Body(old));
    }

    /// <summary>Without the header, which names cluster, member and term.</summary>
    private static string Body(string fields) => string.Join(
        '\n', fields.Split('\n').Where(static line => !line.StartsWith("\"ClusterID\"", StringComparison.Ordinal)
            && !line.StartsWith("\"MemberID\"", StringComparison.Ordinal) && !line.StartsWith("\"RaftTerm\"", StringComparison.Ordinal)));

    private static async Task LeasesAndUsersAsync(string endpoint)
    {
        var lease = (await RunAsync(endpoint, "lease list")).Trim().Split('\n')[1];
        var left = await RunAsync(endpoint, $"lease timetolive {lease} --keys");
        Assert.Contains("granted with TTL(5000s)", left, StringComparison.Ordinal);
        Assert.Contains("[leased]", left, StringComparison.Ordinal);
        await RunAsync(endpoint, "auth enable");
        Assert.Contains("again", await RunAsync(endpoint, "--user=alice:alicepw get k3"), StringComparison.Ordinal);
        Assert.Contains("permission denied", (await Etcdctl.RunAsync(endpoint, ["--user=alice:alicepw", "put", "k3", "x"])).Error, StringComparison.Ordinal);
        await RunAsync(endpoint, "--user=root:rootpw put after restore");
        await RunAsync(endpoint, "--user=root:rootpw auth disable");
    }

    private static async Task SaveAsync(string endpoint, string file)
    {
        File.Delete(file);
        (await Etcdctl.RunAsync(endpoint, ["snapshot", "save", file])).Succeeded();
    }

    private static async Task<string> RunAsync(string endpoint, string command)
        => (await Etcdctl.RunAsync(endpoint, command.Split(' '))).Succeeded();
}
