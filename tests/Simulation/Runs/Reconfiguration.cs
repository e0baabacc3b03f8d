using Kube.Base;
using Kube.RaftStore.Raft;
using Kube.RaftStore.Raft.Configuration;
using Kube.RaftStore.Server;
using Kube.RaftStore.Simulation.Cluster;
using Kube.RaftStore.Simulation.Core;

namespace Kube.RaftStore.Simulation.Runs;

/// <summary>What an operator does to the membership.</summary>
internal sealed class Reconfiguration(World world, SimulatedCluster cluster)
{
    private const int MaxMembers = 7;
    private const long PatienceUs = 20_000_000;

    private readonly Prng _prng = new(cluster.Options.Seed ^ 0x5245_434FUL);

    public int Changes { get; private set; }

    /// <summary>Tries some change that keeps a working cluster working.</summary>
    public async Task ChangeSomethingAsync(Prng prng)
    {
        var conf = cluster.Checks.NewestConfiguration;
        if (IsDisturbed)
        {
            return;
        }

        var learners = FilledLearners(conf);
        switch (prng.Next(5))
        {
            case 0 when conf.Members.Count < MaxMembers:
                await AddAsync();
                break;
            case 1 when learners.Length > 0:
                await ProposeAsync(ConfChange.Single(ConfChangeKind.AddVoter, learners[prng.Next(learners.Length)]));
                break;
            case 2 when conf.Voters.Count > 2:
                await RemoveAsync(conf.Voters[prng.Next(conf.Voters.Count)]);
                break;
            case 3 when conf.Voters.Count > 2:
                await ProposeAsync(ConfChange.Single(ConfChangeKind.AddLearner, conf.Voters[prng.Next(conf.Voters.Count)]));
                break;
            case 4 when learners.Length > 0 && conf.Voters.Count > 1:
                // One out, one in, by way of a joint configuration.
                await SwapAsync([conf.Voters[prng.Next(conf.Voters.Count)]], [learners[prng.Next(learners.Length)]]);
                break;
        }
    }

    /// <summary>Adds learners until there are so many, as far as the cluster takes them.</summary>
    public async Task EnsureLearnersAsync(int count)
    {
        for (var missing = count - cluster.Checks.NewestConfiguration.Learners.Count; missing > 0; missing--)
        {
            if (IsDisturbed || cluster.Checks.NewestConfiguration.Members.Count >= MaxMembers || await AddAsync() is not { } added)
            {
                return;
            }

            await CaughtUpAsync(added);
        }
    }

    /// <summary>Replaces members by new ones, one after the other, as far as the cluster takes it.</summary>
    public async Task ReplaceAsync(ulong[] members)
    {
        foreach (var id in members)
        {
            if (IsDisturbed || await AddAsync() is not { } added)
            {
                return;
            }

            await CaughtUpAsync(added);
            if (added.Disk.IsUnproven || !await ProposeAsync(ConfChange.Single(ConfChangeKind.AddVoter, added.Id)))
            {
                return;
            }

            await RemoveAsync(id);
        }
    }

    /// <summary>Has learners take the places of some voters in one change.</summary>
    public async Task SwapSomeAsync(Prng prng)
    {
        await EnsureLearnersAsync(2);
        var conf = cluster.Checks.NewestConfiguration;
        var learners = FilledLearners(conf);
        if (IsDisturbed || learners.Length == 0 || conf.VotersOutgoing.Count > 0 || conf.Voters.Count < 2)
        {
            return;
        }

        var leader = cluster.Leader?.Member.Id;
        var outgoing = conf.Voters.Where(id => id != leader || prng.Chance(0.1)).Take(learners.Length).ToArray();
        await SwapAsync(outgoing, learners[..Math.Min(learners.Length, outgoing.Length)]);
    }

    public async Task TransferAsync(Prng prng)
    {
        var voters = cluster.Checks.NewestConfiguration.Voters;
        if (voters.Count == 0 || cluster.Running.FirstOrDefault() is not { } process)
        {
            return;
        }

        var target = voters[prng.Next(voters.Count)];
        world.Tell($"leadership is to go to member {target}");
        await CallAsync(process, async p =>
        {
            await p.Log.TransferLeaderAsync(target, CancellationToken.None);
            return true;
        });
    }

    /// <summary>Removes a member whose disk is gone and puts a new one in its place; false when it has to be tried again.</summary>
    public async Task<bool> TryReplaceAsync(Member lost)
    {
        if (cluster.IsMixed)
        {
            return false;
        }

        if (cluster.Checks.NewestConfiguration.Contains(lost.Id) && !await ProposeAsync(ConfChange.Single(ConfChangeKind.Remove, lost.Id)))
        {
            return false;
        }

        Retire(lost);
        if (await AddAsync() is { } added)
        {
            await CaughtUpAsync(added);
            await ProposeAsync(ConfChange.Single(ConfChangeKind.AddVoter, added.Id));
        }

        return true;
    }

    private async Task<Member?> AddAsync()
    {
        var member = cluster.AddNew();
        var isAdded = await ProposeAsync(ConfChange.Single(ConfChangeKind.AddLearner, member.Id));
        // Where the outcome is not known it may still come to be: its machine is there.
        cluster.Start(member);
        return isAdded ? member : null;
    }

    private async Task RemoveAsync(ulong id)
    {
        if (await ProposeAsync(ConfChange.Single(ConfChangeKind.Remove, id)))
        {
            Retire(cluster.Members[id]);
        }
    }

    private async Task SwapAsync(ulong[] outgoing, ulong[] incoming)
    {
        var steps = outgoing.Select(id => new ConfChangeStep(ConfChangeKind.Remove, id))
            .Concat(incoming.Select(id => new ConfChangeStep(ConfChangeKind.AddVoter, id))).ToArray();
        if (!await ProposeAsync(new ConfChange(ConfChangeTransition.Auto, steps)))
        {
            return;
        }

        await WaitAsync(() => !outgoing.Any(cluster.Checks.NewestConfiguration.Contains));
        foreach (var id in outgoing.Where(id => !cluster.Checks.NewestConfiguration.Contains(id)))
        {
            Retire(cluster.Members[id]);
        }
    }

    /// <summary>As the leader of etcd does, an operator promotes only what runs and has been filled.</summary>
    private ulong[] FilledLearners(ConfState conf) =>
        [.. conf.Learners.Where(id => cluster.Belonging.Any(p => p.Member.Id == id && !p.Member.Disk.IsUnproven))];

    /// <summary>Whether there is something else to be put right first.</summary>
    private bool IsDisturbed => cluster.IsMixed || cluster.Current.Any(m => m.IsLost || m.Disk.IsUnproven && m.HasServed) || cluster.Leader is null;

    private void Retire(Member member)
    {
        world.Tell($"member {member.Id} is out");
        cluster.Retire(member);
        if (member.Running is { } process)
        {
            var outIndex = cluster.Checks.HighestApplied;
            _ = world.Start(() => StopAsync(process, outIndex));
        }
    }

    /// <summary>
    /// Its machine may go on for a while. It is stopped once all members know that it is out: one that does not may need its vote, which
    /// is the price of changes that come in force with their commit (docs/internals/raft.md).
    /// </summary>
    private async Task StopAsync(Process process, ulong outIndex)
    {
        await world.Delay(_prng.Next(10_000, 5_000_000));
        while (process.IsAlive && !HaveAllApplied(outIndex))
        {
            await world.Delay(100_000);
        }

        process.Kill(losesPower: false);
    }

    private bool HaveAllApplied(ulong index) =>
        cluster.Checks.NewestConfiguration.Members.All(m => cluster.Members[m].Running is { Log: { } log } && log.Status.AppliedIndex >= index);

    private Task CaughtUpAsync(Member member) => WaitAsync(() => member is { Running.Log: { } log, Disk.IsUnproven: false }
        && cluster.Leader is { } leader && log.Status.AppliedIndex + 50 > leader.Log.Status.AppliedIndex);

    private async Task WaitAsync(Func<bool> holds)
    {
        for (var untilUs = world.NowUs + PatienceUs; world.NowUs < untilUs && !holds();)
        {
            await world.Delay(50_000);
        }
    }

    private async Task<bool> ProposeAsync(ConfChange change)
    {
        var process = cluster.Leader ?? cluster.Running.FirstOrDefault();
        if (process is null)
        {
            return false;
        }

        world.Tell($"membership change: {string.Join(", ", change.Steps.Select(s => $"{s.Kind} {s.MemberId}"))}");
        var done = await CallAsync(process, async p =>
        {
            await p.Log.ProposeConfChangeAsync(change, ReadOnlyMemory<byte>.Empty, CancellationToken.None);
            return true;
        });
        Changes += done ? 1 : 0;
        return done;
    }

    /// <summary>Does something at a member; false when it failed, or the member ended.</summary>
    private async Task<bool> CallAsync(Process process, Func<Process, Task<bool>> call)
    {
        var done = new TaskCompletionSource<bool>();
        process.AtEnd(() => world.After(1_000, world.Outside, () => done.TrySetResult(false)));
        world.After(1_000, process.Context, () => _ = RunAsync());
        world.After(PatienceUs, world.Outside, () => done.TrySetResult(false));
        return await done.Task;

        async Task RunAsync()
        {
            try
            {
                var result = await call(process);
                world.After(1_000, world.Outside, () => done.TrySetResult(result));
            }
            catch (ReplicationException)
            {
                world.After(1_000, world.Outside, () => done.TrySetResult(false));
            }
        }
    }
}
