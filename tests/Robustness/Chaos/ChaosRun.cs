using Etcd.V3;
using Grpc.Core;
using Kube.Base;
using Kube.Robustness.Chaos.Cluster;
using Kube.Robustness.Chaos.Faults;
using Kube.Robustness.Chaos.Report;
using Kube.Robustness.Chaos.Workload;
using Kube.Robustness.Checking;
using Kube.Testing;

namespace Kube.Robustness.Chaos;

/// <summary>One run: a cluster under load and faults; then health, the last of the history, and the verdict.</summary>
internal sealed class ChaosRun(ChaosOptions options, string home, TextWriter console)
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    /// <summary>For what is asked of members that are healthy or should be.</summary>
    private TimeSpan SettleLimit => options.HealLimit / 2;

    private readonly RunClock _clock = new();

    /// <summary>Runs to the end.</summary>
    /// <param name="stopping">Ends the faults and clients early; what was recorded is checked all the same.</param>
    /// <exception cref="HarnessException">The run says nothing about the store.</exception>
    public async Task<RunResult> RunAsync(CancellationToken stopping)
    {
        var log = new FaultLog(_clock, console);
        var version = await VersionAsync();
        await using var cluster = await StoreCluster.StartAsync(options, _clock, home);
        await AwaitStartAsync(cluster);
        log.Say($"{options.Members} members are up; faults for {options.Duration.TotalSeconds:0} s");

        var random = new Prng(options.Seed);
        var recorder = new Recorder(cluster, new History(), new Ledger(), _clock, new KeySpaceLayout());
        var sampler = new Sampler(cluster, _clock);
        using var sampling = new CancellationTokenSource();
        var samples = Task.Run(() => sampler.RunAsync(sampling.Token), CancellationToken.None);
        using var load = Load.Start(recorder, random.Fork(), options.Rate, options.Against);
        var begun = _clock.Now;
        await InjectAsync(cluster, recorder, log, random, stopping);
        var length = _clock.Now - begun;

        var equality = await SettleAsync(cluster, recorder, load, log);
        await sampling.CancelAsync();
        await samples;
        if (load.FindFault() is { } fault)
        {
            throw new HarnessException("a client failed: " + fault, fault);
        }

        log.Say("checking the history");
        var check = HistoryChecker.Check(recorder.History, new CheckOptions { LeaseTolerance = LeaseTolerance });
        var operations = recorder.Ledger.Snapshot();
        var figures = Figures.Of(operations, log.Records, length);
        return new RunResult
        {
            Options = options,
            Version = version,
            Length = length,
            IsInterrupted = stopping.IsCancellationRequested,
            Clients = load.Description,
            Obstacles = cluster.Obstacles,
            Faults = log.Records,
            Check = check,
            Problems = [.. log.Problems, .. ExitProblems(cluster, log), .. FailoverProblems(figures)],
            Exits = [.. cluster.UnexpectedExits],
            Operations = operations,
            Samples = sampler.Samples,
            Equality = equality,
            Figures = figures,
        };
    }

    /// <summary>
    /// etcd renews leases on the leader alone, and one that was just deposed may renew without knowing it: its promise
    /// can be early by the time in which it finds out.
    /// </summary>
    private TimeSpan LeaseTolerance => options.Against == Target.Etcd ? TimeSpan.FromMilliseconds(2 * options.ElectionTimeoutMs) : TimeSpan.Zero;

    private static async Task AwaitStartAsync(StoreCluster cluster)
    {
        try
        {
            await cluster.AwaitHealthAsync(StartLimit);
        }
        catch (TimeoutException e)
        {
            var words = cluster.UnexpectedExits.Select(exit => $"\n{exit.Member} ended with code {exit.ExitCode}: {exit.LastWords}");
            throw new HarnessException($"the cluster did not start: {e.Message}{string.Concat(words)}", e);
        }
    }

    /// <summary>Breaks things until the time is over and the last fault is healed.</summary>
    private async Task InjectAsync(StoreCluster cluster, Recorder recorder, FaultLog log, Prng random, CancellationToken stopping)
    {
        using var links = new LinkFaults(cluster.Network);
        using var quiet = new SemaphoreSlim(1, 1);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        ends.CancelAfter(options.Duration);
        await Task.WhenAll(((bool[])[false, true]).Select(isBackground =>
        {
            var kinds = FaultCatalog.All.Where(kind => kind.IsBackground == isBackground && (options.Faults.Count == 0 || options.Faults.Contains(kind.Name)));
            var context = new FaultContext(cluster, links, recorder, log, random.Fork(), quiet, options.HealLimit / 2);
            var injector = new Injector(context, [.. kinds], isBackground);
            return Task.Run(() => injector.RunAsync(ends.Token), CancellationToken.None);
        }));
        try
        {
            // Where no fault is to be injected there is still load for as long.
            await Task.Delay(Timeout.InfiniteTimeSpan, ends.Token);
        }
        catch (OperationCanceledException)
        {
            return;
        }
    }

    /// <summary>Awaits health, ends the clients, and has the complete watch see the last revision.</summary>
    private async Task<string> SettleAsync(StoreCluster cluster, Recorder recorder, Load load, FaultLog log)
    {
        cluster.Revive();
        try
        {
            await cluster.AwaitHealthAsync(options.HealLimit);
            log.Say("all faults are healed and all members healthy");
        }
        catch (TimeoutException e)
        {
            log.Problem("with all faults healed: " + e.Message);
        }

        try
        {
            await load.StopWorkAsync();
        }
        catch (TimeoutException)
        {
            log.Problem("a client's operation did not end, not even by its deadline");
        }

        using var session = new Session(1000, recorder, new Prng(options.Seed));
        PutResult? last = null;
        for (var attempt = 0; last is null && attempt < 5; attempt++)
        {
            last = await session.PutAsync(new PutOp(KeySpaceLayout.Tool + "last", recorder.Keys.NextValue(session.Client)), CancellationToken.None);
        }

        if (last is null)
        {
            log.Problem("no write is acknowledged at the end");
            await load.StopWatchingAsync();
            return "unknown";
        }

        try
        {
            await Eventually.HoldsAsync(() => load.Complete.Position >= last.Revision, $"the watch of everything has come to revision {last.Revision}", SettleLimit);
        }
        catch (TimeoutException e)
        {
            log.Problem($"{e.Message}; it is at {load.Complete.Position}");
        }

        var equality = await CompareAsync(cluster, last.Revision, log);
        await load.StopWatchingAsync();
        return equality;
    }

    /// <summary>Compares the members' states by their hash at a revision.</summary>
    private async Task<string> CompareAsync(StoreCluster cluster, long revision, FaultLog log)
    {
        IReadOnlyList<(string Member, uint Hash, long Compacted)> hashes = [];
        try
        {
            await Eventually.HoldsAsync(
                async () =>
                {
                    hashes = await HashesAsync(cluster, revision);

                    // A compaction that one member has and another is about to apply makes hashes that cannot be compared.
                    return hashes.Count == cluster.Members.Count && hashes.Select(hash => hash.Compacted).Distinct().Count() == 1;
                },
                "all members tell their hash",
                SettleLimit);
        }
        catch (TimeoutException e)
        {
            log.Problem($"{e.Message}, compacted alike: {string.Join(", ", hashes.Select(hash => $"{hash.Member} is compacted to {hash.Compacted}"))}");
        }

        var text = string.Join(", ", hashes.Select(hash => $"{hash.Member} {hash.Hash:x8}"));
        var isEqual = hashes.Select(hash => hash.Hash).Distinct().Count() == 1;
        if (!isEqual)
        {
            log.Problem($"members differ at revision {revision}: {text}");
        }

        return $"{(isEqual ? "equal" : "DIFFERENT")} on all members at revision {revision} (HashKV {text})";
    }

    private static async Task<IReadOnlyList<(string Member, uint Hash, long Compacted)>> HashesAsync(StoreCluster cluster, long revision)
    {
        var hashes = new List<(string, uint, long)>();
        foreach (var member in cluster.Members.Values)
        {
            try
            {
                var answer = await new Maintenance.MaintenanceClient(cluster.Admin(member.Address.Number))
                    .HashKVAsync(new HashKVRequest { Revision = revision }, deadline: DateTime.UtcNow + TimeSpan.FromSeconds(5));
                hashes.Add((member.Address.Name, answer.Hash, answer.CompactRevision));
            }
            catch (RpcException)
            {
                continue; // asked again by whoever misses it
            }
        }

        return hashes;
    }

    /// <summary>A member may end by itself only where its disk was full.</summary>
    private static IEnumerable<string> ExitProblems(StoreCluster cluster, FaultLog log) => cluster.UnexpectedExits
        .Where(exit => !log.Records.Any(fault => fault.Kind.StartsWith("disk-full", StringComparison.Ordinal)
            && fault.Begun <= exit.At && exit.At <= (fault.Recovered ?? TimeSpan.MaxValue)))
        .Select(exit => $"at {exit.At.TotalSeconds:F1} s: {exit.Member} ended by itself with code {exit.ExitCode}: {exit.LastWords}");

    /// <summary>A new leader has to serve within two election time-outs; etcd promises no such thing.</summary>
    private IEnumerable<string> FailoverProblems(Figures figures) => figures.Failovers
        .Where(failover => options.Against == Target.Kube && failover.IsAlone && failover.Took.TotalMilliseconds > 2 * options.ElectionTimeoutMs)
        .Select(failover => $"at {failover.At.TotalSeconds:F1} s: the leader was killed, and the first new write acknowledged {failover.Took.TotalMilliseconds:F0} ms later; "
            + $"two election time-outs are {2 * options.ElectionTimeoutMs} ms");

    private async Task<string> VersionAsync()
    {
        if (options.Plant is { } bug)
        {
            return $"kube with the planted bug {bug}";
        }

        var output = await Isolation.Tool.RunAsync(options.Executable, "--version");
        return $"{options.Against.ToString().ToLowerInvariant()} {output.Split('\n')[0].Replace("etcd Version: ", "", StringComparison.Ordinal)}";
    }
}
