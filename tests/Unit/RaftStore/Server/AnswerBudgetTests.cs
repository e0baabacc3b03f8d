using Kube.RaftStore.Server.Kv;
using Kube.Testing;

namespace Kube.RaftStore.Tests.Server;

/// <summary>The memory of large answers.</summary>
public sealed class AnswerBudgetTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(7);

    private readonly ManualTimeProvider _time = new();
    private readonly AnswerBudget _budget;

    public AnswerBudgetTests() => _budget = new AnswerBudget(100, s_patience, _time);

    [Fact]
    public async Task Client_has_no_more_than_half()
    {
        using var first = await Take("greedy", 40);
        var second = Take("greedy", 11);
        Assert.False(second.IsCompleted);
        using var other = await Take("other", 50);
        Assert.Equal(90, _budget.TakenBytes);
        first.Dispose();
        using var late = await second;
        Assert.Equal(61, _budget.TakenBytes);
    }

    [Fact]
    public async Task What_is_more_than_a_client_may_have_counts_as_that()
    {
        using var all = await Take("greedy", long.MaxValue);
        Assert.Equal(50, _budget.TakenBytes);
        all.Dispose();
        all.Dispose();
        Assert.Equal(0, _budget.TakenBytes);
    }

    [Fact]
    public async Task Those_who_wait_are_served_a_client_at_a_time()
    {
        var (a, b) = (await Take("a", 50), await Take("b", 50));
        List<(string Client, Task<AnswerBudget.Share> Share)> waiting = [.. "ccccde".Select(client => ($"{client}", Take($"{client}", 25)))];
        a.Dispose();
        Assert.Equal("cd", await GivenAsync(waiting));
        b.Dispose();
        Assert.Equal("ccde", await GivenAsync(waiting));
        foreach (var (_, share) in waiting.Where(static one => one.Share.IsCompleted).ToList())
        {
            (await share).Dispose();
        }
        Assert.Equal("ccccde", await GivenAsync(waiting));
    }

    [Fact]
    public async Task Large_one_is_not_overtaken_for_ever_by_small_ones()
    {
        var (a, b) = (await Take("a", 50), await Take("b", 40));
        var large = Take("c", 50);
        var small = Take("d", 5);
        Assert.False(small.IsCompleted);
        a.Dispose();
        using var given = await large;
        using var next = await small;
        b.Dispose();
    }

    [Fact]
    public async Task Waiting_has_an_end()
    {
        using var a = await Take("a", 50);
        var late = Take("a", 1);
        _time.Advance(s_patience - TimeSpan.FromMilliseconds(1));
        Assert.False(late.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await Assert.ThrowsAsync<TimeoutException>(() => late);
        Assert.Equal((50, 0), (_budget.TakenBytes, _budget.WaitingCount));
    }

    [Fact]
    public async Task Who_goes_lets_the_next_in()
    {
        using var a = await Take("a", 50);
        using var b = await Take("b", 45);
        using var leaving = new CancellationTokenSource();
        var gone = _budget.TakeAsync("c", 50, leaving.Token).AsTask();
        var next = Take("d", 5);
        Assert.False(next.IsCompleted);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        using var given = await next;
        Assert.Equal(100, _budget.TakenBytes);
    }

    [Fact]
    public async Task Too_many_that_wait_are_refused_at_once()
    {
        using var a = await Take("a", 50);
        var waiting = Enumerable.Range(0, 1000).Select(_ => Take("a", 50)).ToList();
        await Assert.ThrowsAsync<TimeoutException>(() => Take("a", 50));
        Assert.Equal(1000, _budget.WaitingCount);
        _time.Advance(s_patience);
        await Eventually.HoldsAsync(() => waiting.TrueForAll(static one => one.IsFaulted), "all have waited long enough");
    }

    /// <summary>Whatever is taken, given back and given up: never more than all of it, nor more than half by one, and in the end nothing.</summary>
    [Fact]
    public async Task Never_more_than_there_is()
    {
        var random = new Kube.Base.Prng(7);
        var held = new List<(int Client, long Size, Task<AnswerBudget.Share> Share)>();
        for (var i = 0; i < 600; i++)
        {
            if (random.Chance(0.55))
            {
                var (client, size) = (random.Next(5), 1 + random.Next(60));
                held.Add((client, Math.Min(size, 50), Take($"{client}", size)));
            }
            else if (held.FindIndex(static one => one.Share.IsCompleted) is >= 0 and var at)
            {
                (await held[at].Share).Dispose();
                held.RemoveAt(at);
            }
            await Eventually.HoldsAsync(() => held.Count(static one => !one.Share.IsCompleted) == _budget.WaitingCount, "who was given room knows it");
            var given = held.Where(static one => one.Share.IsCompleted).ToList();
            Assert.Equal(_budget.TakenBytes, given.Sum(static one => one.Size));
            Assert.InRange(_budget.TakenBytes, 0, 100);
            Assert.All(given.GroupBy(static one => one.Client), static client => Assert.InRange(client.Sum(static one => one.Size), 0, 50));
        }
        while (held.Count > 0)
        {
            await Eventually.HoldsAsync(() => held.Exists(static one => one.Share.IsCompleted), "someone is served");
            var next = held.First(static one => one.Share.IsCompleted);
            (await next.Share).Dispose();
            held.Remove(next);
        }
        Assert.Equal((0, 0), (_budget.TakenBytes, _budget.WaitingCount));
    }

    private async Task<string> GivenAsync(List<(string Client, Task<AnswerBudget.Share> Share)> waiting)
    {
        await Eventually.HoldsAsync(() => waiting.Count(static one => !one.Share.IsCompleted) == _budget.WaitingCount, "who was given room knows it");
        return string.Concat(waiting.Where(static one => one.Share.IsCompleted).Select(static one => one.Client));
    }

    private Task<AnswerBudget.Share> Take(string client, long size) => _budget.TakeAsync(client, size, CancellationToken.None).AsTask();
}
