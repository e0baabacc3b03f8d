using FsCheck;
using FsCheck.Fluent;
using Kube.Client.Queues;
using Kube.Client.Tests.Fakes;
using Kube.Testing;

namespace Kube.Client.Tests;

public sealed class WorkQueueTests
{
    [Fact]
    public void Behaves_like_its_dumb_twin()
    {
        // 0-9 add, 10-19 get, 20-29 done, 30-39 add after (item, seconds), 40-49 advance a second
        var operations = Gen.Choose(0, 49).ListOf().ToArbitrary();
        Prop.ForAll(operations, codes => { Run(codes); return true; }).Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(500).WithEndSize(120));
    }

    [Fact]
    public async Task A_waiting_worker_gets_the_item_that_comes()
    {
        using var queue = new WorkQueue<string>("q", new ManualTimeProvider());
        var waiting = queue.GetAsync().AsTask();
        Assert.False(waiting.IsCompleted);
        queue.Add("a");
        Assert.Equal(new WorkItem<string>(true, "a"), await waiting);
        Assert.Equal(0, queue.Count);
    }

    [Fact]
    public async Task A_cancelled_wait_loses_no_item()
    {
        using var queue = new WorkQueue<string>("q", new ManualTimeProvider());
        using var cancel = new CancellationTokenSource();
        var waiting = queue.GetAsync(cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        queue.Add("a");
        Assert.True(queue.TryGet(out var item));
        Assert.Equal("a", item);
    }

    [Fact]
    public async Task Shut_down_hands_out_what_is_ready_then_ends()
    {
        using var queue = new WorkQueue<string>("q", new ManualTimeProvider());
        queue.Add("a");
        queue.AddAfter("late", TimeSpan.FromSeconds(1));
        var drained = queue.ShutDownWithDrainAsync();
        queue.Add("b");
        Assert.True((await queue.GetAsync()).Taken);
        Assert.False((await queue.GetAsync()).Taken);
        Assert.False(drained.IsCompleted);
        queue.Done("a");
        await drained.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Shut_down_frees_those_who_wait()
    {
        using var queue = new WorkQueue<string>("q", new ManualTimeProvider());
        var waiting = queue.GetAsync().AsTask();
        queue.ShutDown();
        Assert.False((await waiting).Taken);
    }

    [Fact]
    public void Back_off_doubles_until_forgotten()
    {
        var limiter = new ExponentialRateLimiter<string>(TimeSpan.FromMilliseconds(5), TimeSpan.FromSeconds(1));
        double[] waits = [.. Enumerable.Range(0, 10).Select(_ => limiter.When("a").TotalMilliseconds)];
        Assert.Equal([5, 10, 20, 40, 80, 160, 320, 640, 1000, 1000], waits);
        Assert.Equal(10, limiter.Requeues("a"));
        limiter.Forget("a");
        Assert.Equal(5, limiter.When("a").TotalMilliseconds);
    }

    [Fact]
    public void Bucket_lends_against_the_future()
    {
        var time = new ManualTimeProvider();
        var bucket = new TokenBucket(10, 2, time);
        Assert.Equal([0, 0, 100, 200], Enumerable.Range(0, 4).Select(_ => Math.Round(bucket.Reserve().TotalMilliseconds)));
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.True(bucket.TryTake());
        Assert.True(bucket.TryTake());
        Assert.False(bucket.TryTake());
    }

    [Fact]
    public async Task Each_item_has_one_worker_at_a_time_and_none_is_lost()
    {
        using var queue = new WorkQueue<int>("q", TimeProvider.System);
        var busy = new int[20];
        var added = new int[20];
        var seen = new int[20];
        var workers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (await queue.GetAsync() is { Taken: true, Item: var item })
            {
                Assert.Equal(1, Interlocked.Increment(ref busy[item]));
                Volatile.Write(ref seen[item], Volatile.Read(ref added[item]));
                await Task.Yield();
                Interlocked.Decrement(ref busy[item]);
                queue.Done(item);
            }
        })).ToArray();
        var adders = Enumerable.Range(0, 4).Select(adder => Task.Run(() =>
        {
            for (var i = 0; i < 5000; i++)
            {
                var item = ((i * 7) + adder) % 20;
                Interlocked.Increment(ref added[item]);
                queue.Add(item);
            }
        })).ToArray();
        await Task.WhenAll(adders);
        await queue.ShutDownWithDrainAsync().WaitAsync(TimeSpan.FromSeconds(30));
        await Task.WhenAll(workers);
        Assert.Equal(added, seen);
    }

    private static void Run(IList<int> codes)
    {
        var time = new ManualTimeProvider();
        using var queue = new WorkQueue<int>("q", time);
        var twin = new Twin();
        foreach (var code in codes)
        {
            var item = code % 10 % 4;
            switch (code / 10)
            {
                case 0:
                    queue.Add(item);
                    twin.Add(item);
                    break;
                case 1:
                    var got = queue.TryGet(out var taken);
                    Assert.Equal(twin.TryGet(out var expected), got);
                    Assert.Equal(expected, taken);
                    break;
                case 2:
                    queue.Done(item);
                    twin.Done(item);
                    break;
                case 3:
                    queue.AddAfter(item, TimeSpan.FromSeconds(code % 10 / 4));
                    twin.AddAfter(item, code % 10 / 4);
                    break;
                case 4:
                    time.Advance(TimeSpan.FromSeconds(1));
                    twin.Tick();
                    break;
            }

            Assert.Equal(twin.Ready, queue.Count);
            Assert.Equal(twin.Delayed, queue.DelayedCount);
        }
    }

    /// <summary>The same with lists, and a search for everything.</summary>
    private sealed class Twin
    {
        private readonly List<int> _ready = [];
        private readonly List<int> _processing = [];
        private readonly List<int> _again = [];
        private readonly List<(int Item, int In)> _delayed = [];

        public int Ready => _ready.Count;

        public int Delayed => _delayed.Count;

        public void Add(int item)
        {
            if (_processing.Contains(item))
            {
                if (!_again.Contains(item))
                {
                    _again.Add(item);
                }
            }
            else if (!_ready.Contains(item))
            {
                _ready.Add(item);
            }
        }

        public bool TryGet(out int item)
        {
            item = _ready.FirstOrDefault();
            if (_ready.Count == 0)
            {
                return false;
            }

            _ready.RemoveAt(0);
            _processing.Add(item);
            return true;
        }

        public void Done(int item)
        {
            if (_processing.Remove(item) && _again.Remove(item))
            {
                _ready.Add(item);
            }
        }

        public void AddAfter(int item, int seconds)
        {
            if (seconds == 0)
            {
                Add(item);
                return;
            }

            var known = _delayed.FindIndex(entry => entry.Item == item);
            if (known < 0)
            {
                _delayed.Add((item, seconds));
            }
            else if (_delayed[known].In > seconds)
            {
                _delayed.RemoveAt(known);
                _delayed.Add((item, seconds));
            }
        }

        public void Tick()
        {
            for (var i = 0; i < _delayed.Count; i++)
            {
                _delayed[i] = (_delayed[i].Item, _delayed[i].In - 1);
            }

            foreach (var (item, _) in _delayed.Where(entry => entry.In <= 0).ToList())
            {
                _delayed.RemoveAll(entry => entry.Item == item);
                Add(item);
            }
        }
    }
}
