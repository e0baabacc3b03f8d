using System.Text;
using Kube.RaftStore.Apply;
using Kube.RaftStore.Simulation.Clients;
using Kube.RaftStore.Simulation.Cluster;
using Kube.RaftStore.Simulation.Core;
using Kube.Robustness.Checking;

namespace Kube.RaftStore.Simulation.Runs;

/// <summary>What became of a run.</summary>
/// <param name="Options">What it was.</param>
/// <param name="Failure">What was found wrong, null when nothing was.</param>
/// <param name="TraceHash">Equal for two runs in which the same happened.</param>
/// <param name="VirtualTime">How long it was, in its own time.</param>
/// <param name="Counts">What happened in it.</param>
/// <param name="Story">What happened last, one line each.</param>
internal sealed record RunResult(
    SwarmOptions Options, string? Failure, ulong TraceHash, TimeSpan VirtualTime, RunCounts Counts, IReadOnlyList<string> Story)
{
    public bool IsSound => Failure is null;
}

/// <summary>How much happened in a run.</summary>
internal sealed record RunCounts(
    long Events, int Operations, int Acknowledged, int Elections, int Starts, int ConfChanges, long Messages, long Snapshots, int Revisions,
    long WatchEvents, int LeasesEnded);

/// <summary>
/// One run from its seed to its verdict: clients and faults for a while, with what must always hold checked at every step; then
/// everything is healed and the cluster has to come to rest and serve; at the end the clients' history is checked.
/// </summary>
internal sealed class SimulationRun
{
    /// <summary>How long a healed cluster may take to serve and to agree: some elections, snapshots and replacements.</summary>
    private const long RecoveryUs = 90_000_000;

    private readonly SwarmOptions _options;
    private readonly World _world;
    private readonly SimulatedCluster _cluster;
    private readonly Nemesis _nemesis;
    private readonly History _history = new();
    private readonly ClientCalls _calls;
    private readonly List<KvClient> _kvClients = [];
    private readonly WatchClient _whole;
    private bool _isOver;

    private SimulationRun(SwarmOptions options, Action<string>? narrator)
    {
        _options = options;
        _world = new World(options.Seed) { Narrator = narrator };
        _cluster = new SimulatedCluster(_world, options);
        _nemesis = new Nemesis(_world, _cluster, options);
        _calls = new ClientCalls(_world, _cluster);
        _whole = new WatchClient(100, _world, _calls, _history, KeySpan.All);
    }

    public static RunResult Execute(SwarmOptions options, Action<string>? narrator = null)
    {
        var before = SynchronizationContext.Current;
        try
        {
            return new SimulationRun(options, narrator).Execute();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    private RunResult Execute()
    {
        foreach (var member in _cluster.Current.ToArray())
        {
            _cluster.Start(member);
        }

        var working = StartClients();
        var disturbing = _world.Start(() => _nemesis.RunAsync(() => _isOver));
        var failure = RunPhases(working, disturbing);
        _world.End();
        var report = failure is null ? HistoryChecker.Check(_history, new CheckOptions { ClockDrift = _options.ClockDrift }) : null;
        if (report is { IsSound: false })
        {
            failure = "the clients' history: " + report;
        }

        var counts = new RunCounts(
            _world.EventCount, _history.Operations.Count, _history.Operations.Count(o => o.Outcome == Outcome.Completed), _cluster.Checks.Elections,
            _cluster.Starts, _nemesis.ConfChanges, _cluster.Network.Sent, _cluster.Network.Snapshots, (int)(report?.LastRevision ?? 0),
            report?.EventsDelivered ?? 0, report?.LeasesEnded ?? 0);
        return new RunResult(_options, failure, _world.TraceHash, _world.Now, counts, [.. _world.Story]);
    }

    private List<Task> StartClients()
    {
        var working = new List<Task>();
        for (var i = 0; i < _options.KvClients; i++)
        {
            var client = new KvClient(i + 1, _world, _calls, _history, _options);
            _kvClients.Add(client);
            working.Add(_world.Start(() => client.RunAsync(() => _isOver)));
        }

        for (var i = 0; i < _options.LeaseClients; i++)
        {
            var client = new LeaseClient(i + 50, _world, _calls, _history, _options);
            working.Add(_world.Start(() => client.RunAsync(() => _isOver)));
        }

        _ = _world.Start(() => _whole.RunAsync(2, () => false));
        for (var i = 0; i < _options.Watchers; i++)
        {
            var client = new WatchClient(101 + i, _world, _calls, _history, i % 2 == 0 ? KeySpan.Of("k", "k5") : KeySpan.Single("k0"));
            _ = _world.Start(() => client.RunAsync(0, () => _isOver));
        }

        if (_options.MeasuresEverySeconds > 0)
        {
            _ = _world.Start(MeasureAsync);
        }

        if (_options.Compacts)
        {
            working.Add(_world.Start(CompactAsync));
        }

        return working;
    }

    /// <summary>
    /// Looks at what members hold: with the same few keys, compacted, it must be no more after hours than after the first quarter
    /// of the time.
    /// </summary>
    private async Task MeasureAsync()
    {
        var quarter = _options.DurationSeconds / _options.MeasuresEverySeconds / 4;
        var (most, mostEntries) = (0L, 0UL);
        for (var i = 0; !_isOver; i++)
        {
            foreach (var process in _cluster.Running)
            {
                var (bytes, entries) = (process.Machine.Store.SizeBytes, process.Log.Node.LastIndex + 1 - process.Log.Node.Log.FirstIndex);
                _world.Tell($"member {process.Log.Status.MemberId} holds {bytes} bytes of versions, {entries} entries, {process.Machine.Leases.Count} leases");
                if (i <= quarter)
                {
                    (most, mostEntries) = (Math.Max(most, bytes), Math.Max(mostEntries, entries));
                }
                else if (bytes > (2 * most) + 4096 || entries > (2 * mostEntries) + _options.Log.SnapshotCount)
                {
                    _world.Fail($"a member grows: {bytes} bytes of versions and {entries} entries; in the first quarter at most {most} and {mostEntries}");
                }
            }

            await _world.Delay(_options.MeasuresEverySeconds * 1_000_000L);
        }
    }

    /// <summary>Compacts now and then, never past the watcher of everything: the check needs what it sees.</summary>
    private async Task CompactAsync()
    {
        var prng = _world.Prng.Fork();
        var client = new KvClient(40, _world, _calls, _history, _options);
        while (!_isOver)
        {
            await _world.Delay(prng.Next(100_000, 4_000_000));
            if (_whole.Position > 3)
            {
                await client.DoAsync(new CompactOp(_whole.Position - prng.Next(3)), 10_000_000);
            }
        }
    }

    private string? RunPhases(List<Task> working, Task disturbing)
    {
        _world.RunUntil(_options.DurationSeconds * 1_000_000L);
        _isOver = true;
        _world.Tell("everything is healed");
        _nemesis.Heal();
        var failure = Require("the clients do not come to an end", () => disturbing.IsCompleted && working.TrueForAll(t => t.IsCompleted), RecoveryUs);
        _nemesis.Heal();
        return failure
            ?? RequireDone("members with lost disks are not replaced", ReplaceAsync)
            ?? RequireDone("the cluster does not serve", ProbeAsync)
            ?? Require("leases do not run out", () => _cluster.Belonging.All(p => p.Machine.Leases.Count == 0), RecoveryUs)
            ?? Require("the members do not come to the same end", AreEqual, RecoveryUs)
            ?? Require("the watch does not come to the end", () => _whole.Position >= Revision, RecoveryUs)
            ?? CheckEnd();
    }

    private long Revision => _cluster.Belonging.Max(p => p.Machine.Store.CurrentRevision);

    private async Task ReplaceAsync()
    {
        while (_cluster.Current.Any(m => m.IsLost))
        {
            await _nemesis.ReplaceLostAsync();
            await _world.Delay(500_000);
        }
    }

    /// <summary>Every member has to answer a write and a read.</summary>
    private async Task ProbeAsync()
    {
        foreach (var client in _kvClients)
        {
            while (!await client.DoAsync(new PutOp("probe", $"probe-{_history.Operations.Count}"), 8_000_000)
                || !await client.DoAsync(new RangeOp(KeySpan.All), 8_000_000))
            {
                await _world.Delay(100_000);
            }
        }
    }

    private bool AreEqual()
    {
        var belonging = _cluster.Belonging.ToArray();
        return _cluster.Leader is { } leader && belonging.Length >= _cluster.Checks.NewestConfiguration.Voters.Count
            && belonging.All(p => p.Log.Status.AppliedIndex == leader.Log.Node.LastIndex);
    }

    private string? CheckEnd()
    {
        foreach (var process in _cluster.Running)
        {
            _cluster.Checks.Compare(process, process.Machine);
        }

        _cluster.Checks.CheckLogsMatch();
        return _world.Failure?.Message;
    }

    private string? RequireDone(string otherwise, Func<Task> task)
    {
        var done = _world.Start(task);
        return Require(otherwise, () => done.IsCompleted, RecoveryUs);
    }

    private string? Require(string otherwise, Func<bool> holds, long withinUs)
    {
        if (_world.RunUntil(holds, withinUs))
        {
            return null;
        }

        if (_world.Failure is null)
        {
            _world.Fail($"liveness: {otherwise} within {withinUs / 1_000_000} s of healing{Describe()}");
        }

        return _world.Failure!.InnerException is { } inner and not SimulationException ? $"{_world.Failure.Message}\n{inner}" : _world.Failure.Message;
    }

    private string Describe()
    {
        var text = new StringBuilder();
        foreach (var member in _cluster.Current)
        {
            text.Append($"\n  member {member.Id}: ");
            text.Append(member.Running is { Log: { } log } process
                ? $"{log.Node.Role} term {log.Node.Term} leader {log.Node.LeaderId} log {log.Node.Log.FirstIndex}-{log.Node.LastIndex} commit {log.Node.CommitIndex} applied {log.Status.AppliedIndex} {log.Membership} leases {process.Machine.Leases.Count}{(log.Node.IsUnproven ? " unproven" : "")}{(log.Node.Role == Raft.Role.Leader ? " sees " + string.Join(", ", log.Node.Progress.Select(p => $"{p.Key}: {p.Value}")) : "")}"
                : member.IsLost ? "lost" : "down");
        }

        return text.ToString();
    }
}
