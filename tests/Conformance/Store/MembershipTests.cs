using Kube.Testing;

namespace Kube.Conformance.Tests.Store;

/// <summary>The members of a running store change under load, by the real etcdctl.</summary>
public class MembershipTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task Three_members_become_four_and_five_and_three_others_and_lose_nothing()
    {
        await using var store = new StoreProcesses();
        await store.StartAllAsync();
        using var stop = new CancellationTokenSource();
        var writing = WriteAsync(store, stop.Token);

        await MemberAsync(store, "add", "s3", "--peer-urls", store.PeerUrl(3));
        store.Join(3, [0, 1, 2, 3]);
        await ServesAsync(store, 3);

        await MemberAsync(store, "add", "s4", "--peer-urls", store.PeerUrl(4), "--learner");
        store.Join(4, [0, 1, 2, 3, 4]);
        var learner = await IdOfAsync(store, 4);
        Assert.Contains("too many learner members", (await RunAsync(store, "add", "s5", "--peer-urls", "http://127.0.0.1:1", "--learner")).Error, StringComparison.Ordinal);
        await MemberAsync(store, "promote", learner);
        await ServesAsync(store, 4);

        for (var member = 0; member < 2; member++)
        {
            await MemberAsync(store, "remove", await IdOfAsync(store, member));
            var (exitCode, error) = await store.EndedAsync(member);
            Assert.Equal(1, exitCode);
            Assert.Contains("the member has been permanently removed from the cluster", error, StringComparison.Ordinal);
        }

        await stop.CancelAsync();
        var acknowledged = await writing;
        Assert.NotEmpty(acknowledged);
        foreach (var member in (int[])[2, 3, 4])
        {
            var listed = (await Etcdctl.RunAsync(store.Endpoint(member), ["get", "key-", "--prefix", "--keys-only"])).Output
                .Split('\n', StringSplitOptions.RemoveEmptyEntries).ToHashSet();
            Assert.Empty(acknowledged.Except(listed));
        }
        Assert.Equal(3, (await Etcdctl.RunAsync(store.Endpoint(4), ["member", "list"])).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task A_member_that_lost_its_disk_is_replaced_and_the_leader_moves()
    {
        await using var store = new StoreProcesses();
        await store.StartAllAsync();
        await Etcdctl.RunAsync(store.Endpoints, ["put", "key", "value"]);
        store.Kill(0);
        Directory.Delete(store.DataDir(0), recursive: true);

        var lost = await IdOfAsync(store, 0);
        await MemberAsync(store, "remove", lost);
        await MemberAsync(store, "add", "s0", "--peer-urls", store.PeerUrl(0), "--learner");
        store.Join(0, [0, 1, 2]);
        var replacement = await IdOfAsync(store, 0);
        Assert.NotEqual(lost, replacement);
        await MemberAsync(store, "promote", replacement);
        await ServesAsync(store, 0);
        Assert.Equal("key\nvalue\n", (await Etcdctl.RunAsync(store.Endpoint(0), ["get", "key"])).Output);

        await Eventually.HoldsAsync(
            async () =>
            {
                var moved = await Etcdctl.RunAsync(store.Endpoints, ["move-leader", replacement]);
                return moved.ExitCode == 0 || moved.Error.Contains("no leader endpoint given", StringComparison.Ordinal);
            },
            "leadership moves",
            s_patience);
        Assert.Contains(", true, ", (await Etcdctl.RunAsync(store.Endpoint(0), ["endpoint", "status"])).Output, StringComparison.Ordinal);
    }

    /// <summary>A change of the members, tried again while the members have not been connected for long enough.</summary>
    private static async Task MemberAsync(StoreProcesses store, params string[] arguments)
    {
        var error = "";
        try
        {
            await Eventually.HoldsAsync(
                async () =>
                {
                    var result = await RunAsync(store, arguments);
                    error = result.Error;
                    return result.ExitCode == 0;
                },
                $"member {string.Join(' ', arguments)}",
                s_patience);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message}: {error}\n{store.Report()}", e);
        }
    }

    private static Task<CommandResult> RunAsync(StoreProcesses store, params string[] arguments)
        => Etcdctl.RunAsync(store.Endpoint(2), ["member", .. arguments]);

    private static async Task<string> IdOfAsync(StoreProcesses store, int member)
    {
        var list = (await Etcdctl.RunAsync(store.Endpoint(2), ["member", "list"])).Output;
        return list.Split('\n').Single(line => line.Contains(store.PeerUrl(member) + ",", StringComparison.Ordinal)).Split(',')[0];
    }

    private static Task ServesAsync(StoreProcesses store, int member)
        => Eventually.HoldsAsync(
            async () => (await Etcdctl.RunAsync(store.Endpoint(member), ["endpoint", "health"])).ExitCode == 0, $"member {member} serves", s_patience);

    /// <summary>Writes until it is told to stop, and gives the keys that were acknowledged.</summary>
    private static async Task<HashSet<string>> WriteAsync(StoreProcesses store, CancellationToken cancellationToken)
    {
        var acknowledged = new HashSet<string>();
        for (var i = 0; !cancellationToken.IsCancellationRequested; i++)
        {
            if ((await Etcdctl.RunAsync($"{store.Endpoints},{store.Endpoint(3)}", ["put", $"key-{i}", "v"])).ExitCode == 0)
            {
                acknowledged.Add($"key-{i}");
            }
        }
        return acknowledged;
    }
}
