namespace Kube.Base.Tests;

public sealed class SharedCallTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly List<TaskCompletionSource<int>> _calls = [];
    private readonly SemaphoreSlim _begun = new(0);
    private readonly SharedCall<int> _shared;

    public SharedCallTests() => _shared = new SharedCall<int>(Begin);

    [Fact]
    public async Task Those_who_ask_while_one_is_under_way_share_the_next()
    {
        var first = _shared.AskAsync();
        await _begun.WaitAsync(Limit);
        Task<int>[] others = [.. Enumerable.Range(0, 100).Select(_ => _shared.AskAsync())];
        _calls[0].SetResult(1);
        Assert.Equal(1, await first.WaitAsync(Limit));
        Assert.True(await _begun.WaitAsync(Limit));

        // The second is under way: who asks now might miss what it has seen already, and gets a third.
        var later = _shared.AskAsync();
        _calls[1].SetResult(2);
        Assert.All(await Task.WhenAll(others).WaitAsync(Limit), result => Assert.Equal(2, result));
        Assert.True(await _begun.WaitAsync(Limit));
        _calls[2].SetResult(3);
        Assert.Equal(3, await later.WaitAsync(Limit));
        Assert.Equal(3, _calls.Count);
    }

    [Fact]
    public async Task Who_asks_when_none_is_under_way_gets_one_at_once()
    {
        foreach (var result in (int[])[1, 2])
        {
            var asked = _shared.AskAsync();
            _calls[^1].SetResult(result);
            Assert.Equal(result, await asked.WaitAsync(Limit));
        }
    }

    [Fact]
    public async Task One_that_fails_fails_only_for_those_who_share_it()
    {
        var first = _shared.AskAsync();
        await _begun.WaitAsync(Limit);
        var second = _shared.AskAsync();
        _calls[0].SetException(new IOException("gone"));
        await Assert.ThrowsAsync<IOException>(() => first.WaitAsync(Limit));
        Assert.True(await _begun.WaitAsync(Limit));
        _calls[1].SetResult(2);
        Assert.Equal(2, await second.WaitAsync(Limit));
    }

    private Task<int> Begin()
    {
        _calls.Add(new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously));
        _begun.Release();
        return _calls[^1].Task;
    }
}
