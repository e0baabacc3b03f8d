using Kube.Base;
using Kube.RaftStore.Simulation.Cluster;
using Kube.RaftStore.Simulation.Core;

namespace Kube.RaftStore.Simulation.Runs;

/// <summary>Brings about what can go wrong, one thing after another, within what a quorum can repair.</summary>
internal sealed class Nemesis(World world, SimulatedCluster cluster, SwarmOptions options)
{
    private readonly Prng _prng = world.Prng.Fork();
    private readonly Reconfiguration _reconfiguration = new(world, cluster);
    private readonly Faults[] _kinds = [.. Enum.GetValues<Faults>().Where(f => f is not (Faults.None or Faults.All) && (f & Ambush.Only) == 0 && options.Faults.HasFlag(f))];
    private int _damagedDisks;

    public SortedDictionary<Faults, int> Counts { get; } = [];

    public int ConfChanges => _reconfiguration.Changes;

    public async Task RunAsync(Func<bool> isOver)
    {
        if ((options.Faults & Ambush.Kinds) != 0)
        {
            new Ambush(world, cluster, options).Lay(isOver);
        }

        while (_kinds.Length > 0 && !isOver())
        {
            await world.Delay(_prng.Next(1_000, options.FaultIntervalMs * 2_000));
            if (isOver())
            {
                return;
            }

            var kind = _kinds[_prng.Next(_kinds.Length)];
            Counts[kind] = Counts.GetValueOrDefault(kind) + 1;
            await BringAboutAsync(kind);
            foreach (var member in cluster.Current.Where(m => m.Running is null && _prng.Chance(0.3)).ToArray())
            {
                cluster.Start(member);
            }

            await ReplaceLostAsync();
        }
    }

    /// <summary>Ends all that this has begun, but for what is lost for good.</summary>
    public void Heal()
    {
        cluster.Network.Heal();
        foreach (var member in cluster.Current.ToArray())
        {
            member.Disk.IsFull = false;
            member.Disk.IsLowOnSpace = false;
            member.Disk.FailsNextSync = false;
            member.Disk.SyncUs = Math.Min(options.SyncUs, 2_000);
            member.HasPreviousBuild = false;
            if (member.Running is { IsPreviousBuild: true })
            {
                cluster.Kill(member, losesPower: false);
            }

            if (member.Running is { } process)
            {
                process.FrozenUntilUs = 0;
                process.CrashAfterSteps(-1);
            }

            cluster.Start(member);
        }
    }

    /// <summary>Puts new members in the place of those whose disks are gone.</summary>
    public async Task ReplaceLostAsync()
    {
        foreach (var member in cluster.Current.Where(m => m.IsLost).ToArray())
        {
            if (await _reconfiguration.TryReplaceAsync(member))
            {
                _damagedDisks--;
            }
        }
    }

    private async Task BringAboutAsync(Faults kind)
    {
        var victim = Any();
        switch (kind)
        {
            case Faults.Crash:
                CrashSome(victim);
                break;
            case Faults.StepCrash:
                victim.Running?.CrashAfterSteps(_prng.Next(60));
                break;
            case Faults.Restart:
                await RestartAsync(_prng.Chance(0.3) ? cluster.Current.ToArray() : [victim]);
                break;
            case Faults.Upgrade:
                await UpgradeAsync();
                break;
            case Faults.Partition or Faults.OneWay or Faults.Flap or Faults.IsolateLeader:
                await CutAsync(kind);
                break;
            case Faults.DeafLeader:
                await DeafenAsync();
                break;
            case Faults.BareMajority:
                await LeaveBareMajorityAsync();
                break;
            case Faults.JointCut:
                // The cut waits for it in ambush.
                await _reconfiguration.SwapSomeAsync(_prng);
                break;
            case Faults.SleepThrough:
                await SleepThroughAsync();
                break;
            case Faults.LearnerSide:
                await LeaveWithLearnersAsync();
                break;
            case Faults.Freeze:
                Freeze(victim);
                break;
            case Faults.Membership:
                await _reconfiguration.ChangeSomethingAsync(_prng);
                break;
            case Faults.Transfer:
                await _reconfiguration.TransferAsync(_prng);
                break;
            default:
                await HarmDiskAsync(kind, victim);
                break;
        }
    }

    private void CrashSome(Member victim)
    {
        var losesPower = _prng.Chance(0.7);
        var all = _prng.Chance(0.15) ? cluster.Current.ToArray() : [victim];
        foreach (var member in all)
        {
            cluster.Kill(member, losesPower);
            if (_prng.Chance(0.7))
            {
                world.After(_prng.Next(1_000, 3_000_000), world.Outside, () => cluster.Start(member));
            }
        }
    }

    private async Task RestartAsync(Member[] members)
    {
        foreach (var member in members)
        {
            if (member.Running is { IsServing: true } process)
            {
                world.Tell($"member {member.Id} is stopped");
                world.After(0, process.Context, () => _ = process.StopAsync());
                await world.Delay(_prng.Next(200_000, 1_500_000));
                // One that does not come to an end is killed, as a service manager does.
                process.Kill(losesPower: false);
            }

            cluster.Start(member);
            await world.Delay(_prng.Next(1_000, 2_000_000));
        }
    }

    /// <summary>The rolling upgrade: each member is stopped and comes back with the present build.</summary>
    private async Task UpgradeAsync()
    {
        foreach (var member in cluster.Current.Where(m => m.HasPreviousBuild).ToArray())
        {
            world.Tell($"member {member.Id} is upgraded");
            member.HasPreviousBuild = false;
            await RestartAsync([member]);
        }
    }

    private async Task CutAsync(Faults kind)
    {
        var ids = cluster.Current.Select(m => m.Id).ToArray();
        world.Tell($"the network is cut ({kind})");
        for (var round = kind == Faults.Flap ? _prng.Next(2, 12) : 1; round > 0; round--)
        {
            CutLinks(kind, ids);
            await world.Delay(kind == Faults.Flap ? _prng.Next(5_000, 900_000) : _prng.Next(50_000, 8_000_000));
            if (kind == Faults.Flap || _prng.Chance(0.8))
            {
                cluster.Network.Mend();
                await world.Delay(kind == Faults.Flap ? _prng.Next(5_000, 500_000) : 0);
            }
        }
    }

    private void CutLinks(Faults kind, ulong[] ids)
    {
        var leader = cluster.Leader?.Member.Id ?? ids[0];
        HashSet<ulong> side = kind == Faults.IsolateLeader ? [leader] : [.. ids.Where(_ => _prng.Chance(0.5))];
        foreach (var from in ids)
        {
            foreach (var to in ids.Where(to => to != from))
            {
                var isCut = kind switch
                {
                    Faults.OneWay or Faults.Flap => _prng.Chance(0.3),
                    _ => side.Contains(from) != side.Contains(to),
                };
                if (isCut)
                {
                    cluster.Network.Cut(from, to);
                }
            }
        }
    }

    private async Task DeafenAsync()
    {
        if (cluster.Leader?.Member.Id is not { } leader)
        {
            return;
        }

        var isDeaf = _prng.Chance(0.7);
        world.Tell($"leader {leader} is {(isDeaf ? "deaf" : "dumb")}");
        foreach (var other in cluster.Current.Select(m => m.Id).Where(id => id != leader))
        {
            cluster.Network.Cut(isDeaf ? other : leader, isDeaf ? leader : other);
        }

        await world.Delay(_prng.Next(500_000, 6_000_000));
        cluster.Network.Mend();
    }

    /// <summary>What was acknowledged last is then known to one member alone of those that can elect a leader, if it is known to any.</summary>
    private async Task LeaveBareMajorityAsync()
    {
        var voters = cluster.Checks.NewestConfiguration.Voters;
        if (cluster.Leader?.Member.Id is not { } leader || voters.Count < 3 || !voters.Contains(leader))
        {
            return;
        }

        var others = voters.Where(id => id != leader).OrderBy(_ => _prng.NextUInt64()).ToArray();
        var majority = others.Take(voters.Count / 2).Append(leader).ToArray();
        world.Tell($"members {string.Join(' ', majority.Order())} are a bare majority");
        cluster.Network.CutOff([.. majority]);
        await world.Delay(_prng.Next(100_000, 900_000));
        var witness = cluster.Members[majority[0]];
        cluster.Network.Mend();
        cluster.Network.CutOff([.. majority.Skip(1)]);
        if (options.Faults.HasFlag(Faults.Wipe) && _prng.Chance(0.5) && MayDamage(witness) && witness.Id <= (ulong)options.Members)
        {
            await WipeAsync(witness);
        }
        else
        {
            cluster.Kill(witness, losesPower: true);
            await world.Delay(_prng.Next(1_000, 50_000));
            cluster.Start(witness);
        }

        await world.Delay(_prng.Next(3_000_000, 7_000_000));
        cluster.Network.Mend();
    }

    private async Task SleepThroughAsync()
    {
        var voters = cluster.Checks.NewestConfiguration.Voters;
        if (cluster.Leader?.Member.Id is not { } leader || voters.Count != 3 || cluster.Belonging.Count() < 3)
        {
            return;
        }

        var sleeper = voters.First(id => id != leader);
        world.Tell($"member {sleeper} sleeps while the others are replaced");
        cluster.Network.PutToSleep(sleeper);
        await _reconfiguration.ReplaceAsync(voters.Where(id => id != sleeper).OrderBy(id => id == leader).ToArray());
        cluster.Network.Mend();
    }

    private async Task LeaveWithLearnersAsync()
    {
        await _reconfiguration.EnsureLearnersAsync(1);
        if (cluster.Leader?.Member.Id is { } leader)
        {
            world.Tell($"leader {leader} is left with the learners");
            cluster.Network.CutOff([leader, .. cluster.Checks.NewestConfiguration.Learners]);
            await world.Delay(_prng.Next(500_000, 6_000_000));
            cluster.Network.Mend();
        }
    }

    private void Freeze(Member victim)
    {
        if (victim.Running is { } process)
        {
            process.FrozenUntilUs = world.NowUs + _prng.Next(10_000, 6_000_000);
            world.Tell($"member {victim.Id} stands still until {process.FrozenUntilUs / 1e6:F3}");
        }
    }

    private async Task HarmDiskAsync(Faults kind, Member victim)
    {
        var disk = victim.Disk;
        world.Tell($"disk of member {victim.Id}: {kind}");
        switch (kind)
        {
            case Faults.SlowDisk:
                disk.SyncUs = _prng.Next(5_000, 400_000);
                world.After(_prng.Next(100_000, 5_000_000), world.Outside, () => disk.SyncUs = options.SyncUs);
                break;
            case Faults.FullDisk:
                disk.IsLowOnSpace = true;
                disk.IsFull = _prng.Chance(0.7);
                world.After(_prng.Next(100_000, 6_000_000), world.Outside, () => disk.IsFull = disk.IsLowOnSpace = false);
                break;
            case Faults.SyncError:
                disk.FailsNextSync = true;
                break;
            case Faults.Rot when MayDamage(victim):
                _damagedDisks++;
                disk.Rot();
                cluster.Kill(victim, losesPower: true);
                cluster.Start(victim);
                break;
            case Faults.Wipe when MayDamage(victim) && victim.Id <= (ulong)options.Members:
                await WipeAsync(victim);
                break;
        }
    }

    /// <summary>
    /// A quorum repairs one disk at a time: of three voters or more, all others whole, running and at one about who the members are.
    /// </summary>
    private bool MayDamage(Member victim)
    {
        var conf = cluster.Checks.NewestConfiguration;
        var whole = cluster.Belonging.Where(p => !p.Member.Disk.IsUnproven && p.Log.Membership.Equals(conf)).Select(p => p.Member.Id).ToHashSet();
        return _damagedDisks == 0 && conf.Voters.Count >= 3 && conf.VotersOutgoing.Count == 0 && conf.Contains(victim.Id)
            && conf.Members.All(id => id == victim.Id || whole.Contains(id));
    }

    /// <summary>The machine comes back with an empty disk and the command line of its first start.</summary>
    private async Task WipeAsync(Member victim)
    {
        _damagedDisks++;
        cluster.Kill(victim, losesPower: true);
        victim.Disk.Wipe(_prng.Chance(0.5) || !cluster.Checks.NewestConfiguration.Equals(cluster.Bootstrap) ? Raft.ConfState.Empty : cluster.Bootstrap);
        await world.Delay(_prng.Next(1_000, 1_000_000));
        cluster.Start(victim);
        _ = world.Start(async () =>
        {
            // Until a leader has filled it, no other disk may fail.
            while (victim is { IsRetired: false, Disk.IsUnproven: true })
            {
                await world.Delay(100_000);
            }

            _damagedDisks--;
        });
    }

    private Member Any()
    {
        var members = cluster.Current.ToArray();
        return cluster.Leader is { } leader && _prng.Chance(0.4) ? leader.Member : members[_prng.Next(members.Length)];
    }
}
