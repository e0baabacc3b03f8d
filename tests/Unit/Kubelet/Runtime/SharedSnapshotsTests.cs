using Kube.Kubelet.Runtime.Processes;

namespace Kube.Kubelet.Tests.Runtime;

public sealed class SharedSnapshotsTests
{
    [Fact]
    public async Task Those_who_ask_while_one_is_taken_share_the_next()
    {
        using SemaphoreSlim begun = new(0);
        using SemaphoreSlim go = new(0);
        int taken = 0;
        SharedSnapshots snapshots = new(() =>
        {
            Interlocked.Increment(ref taken);
            begun.Release();
            go.Wait(TimeSpan.FromSeconds(30));
            return new ProcessSnapshot([]);
        });

        Task<ProcessSnapshot> first = snapshots.TakeAsync();
        await begun.WaitAsync(TimeSpan.FromSeconds(30));
        Task<ProcessSnapshot>[] others = [.. Enumerable.Range(0, 100).Select(_ => snapshots.TakeAsync())];
        go.Release();
        await first;
        await begun.WaitAsync(TimeSpan.FromSeconds(30));

        // The second is being taken: who asks now might miss what it has seen already, and gets a third.
        Task<ProcessSnapshot> later = snapshots.TakeAsync();
        go.Release();
        ProcessSnapshot[] shared = await Task.WhenAll(others);
        Assert.All(shared, each => Assert.Same(shared[0], each));
        Assert.NotSame(await first, shared[0]);
        go.Release();
        Assert.NotSame(shared[0], await later);
        Assert.Equal(3, taken);
    }

    [Fact]
    public async Task One_that_fails_fails_only_for_those_who_asked_for_it()
    {
        using SemaphoreSlim begun = new(0);
        using SemaphoreSlim go = new(0);
        int taken = 0;
        SharedSnapshots snapshots = new(() =>
        {
            begun.Release();
            go.Wait(TimeSpan.FromSeconds(30));
            return Interlocked.Increment(ref taken) == 1 ? throw new IOException("no /proc") : new ProcessSnapshot([]);
        });

        Task<ProcessSnapshot> first = snapshots.TakeAsync();
        await begun.WaitAsync(TimeSpan.FromSeconds(30));
        Task<ProcessSnapshot> second = snapshots.TakeAsync();
        go.Release(2);
        await Assert.ThrowsAsync<IOException>(() => first);
        await second;
        go.Release();
        await snapshots.TakeAsync();
    }
}
