using System.Text;
using Kube.Base;
using Kube.RaftStore.Raft;
using Kube.RaftStore.Server.Replication;
using Kube.RaftStore.Storage.Memory;
using Kube.RaftStore.Transport.Memory;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kube.RaftStore.Tests.Replication;

/// <summary>Loops that are given their turns by hand: the moments between two steps that threads hardly ever meet.</summary>
public class SnapshotWakeTests
{
    [Fact]
    public async Task A_snapshot_that_falls_due_while_the_last_one_is_being_finished_is_taken()
    {
        var runner = new HandRunner();
        var machine = new ListMachine();
        using var storage = new InMemoryLogStorage(new ConfState([1]));
        var options = new ReplicatedLogOptions { MemberId = 1, SnapshotCount = 1, HeartbeatInterval = TimeSpan.FromHours(1), ElectionTimeout = TimeSpan.FromHours(10), Loops = runner };
        var log = ReplicatedLog.Start(options, storage, new InMemoryNetwork().Join(1), machine, TimeProvider.System, new Prng(1), NullLogger.Instance);
        runner.TakeTurns();
        Assert.True(log.Status.IsLeader);
        var first = runner.Helpers.Dequeue();
        // Another one becomes due meanwhile, and the loop that would take it goes to rest, for the first is not written yet.
        var writes = Enumerable.Range(0, 40).Select(i => log.ProposeAsync(Encoding.UTF8.GetBytes($"c{i}"), CancellationToken.None).AsTask()).ToArray();
        runner.TakeTurns();
        await Task.WhenAll(writes);
        Assert.Empty(runner.Helpers);

        // Whoever is woken has its turn at once, before the helper has come to its very end.
        runner.TurnsComeAtOnce = true;
        first();
        runner.TurnsComeAtOnce = false;
        Assert.True(runner.Helpers.TryDequeue(out var second), "nobody takes the snapshot that is due");
        second();
        runner.TakeTurns();
        Assert.Equal(log.Status.AppliedIndex, storage.LatestSnapshot.Index);
        // All is written: nothing more falls due, and the loop does not turn for nothing.
        Assert.Empty(runner.Helpers);
        Assert.InRange(runner.TakeTurns(), 0, 4);

        var ending = log.DisposeAsync().AsTask();
        runner.TakeTurns();
        await ending;
    }

    private sealed class HandRunner : ILoopRunner
    {
        private const int MostTurns = 10_000;
        private readonly List<Loop> _loops = [];

        public Queue<Action> Helpers { get; } = [];

        public bool TurnsComeAtOnce { get; set; }

        public ILoop Create(string name, Func<Turn> turn)
        {
            var loop = new Loop(this, turn);
            _loops.Add(loop);
            return loop;
        }

        public Task Run(Action work)
        {
            var done = new TaskCompletionSource();
            Helpers.Enqueue(() =>
            {
                work();
                done.SetResult();
            });
            return done.Task;
        }

        /// <summary>Until all loops rest; how many it took.</summary>
        public int TakeTurns()
        {
            var turns = 0;
            while (_loops.Find(l => l.IsDue) is { } loop)
            {
                loop.Take();
                Assert.True(++turns < MostTurns, "a loop does not come to rest");
            }

            return turns;
        }

        private sealed class Loop(HandRunner runner, Func<Turn> turn) : ILoop
        {
            private readonly TaskCompletionSource _ended = new();
            private bool _isStarted;
            private bool _isWoken;
            private bool _isInTurn;

            public Task Ended => _ended.Task;

            public bool IsDue => _isStarted && _isWoken && !_isInTurn && !_ended.Task.IsCompleted;

            public void Start()
            {
                _isStarted = true;
                Wake();
            }

            public void Wake()
            {
                _isWoken = true;
                if (runner.TurnsComeAtOnce && IsDue)
                {
                    Take();
                }
            }

            public void Take()
            {
                _isWoken = false;
                _isInTurn = true;
                var outcome = turn();
                _isInTurn = false;
                _isWoken |= outcome == Turn.Worked;
                if (outcome == Turn.Ended)
                {
                    _ended.SetResult();
                }
            }
        }
    }
}
