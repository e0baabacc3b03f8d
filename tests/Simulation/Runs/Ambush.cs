using Kube.Base;
using Kube.RaftStore.Raft;
using Kube.RaftStore.Simulation.Cluster;
using Kube.RaftStore.Simulation.Core;

namespace Kube.RaftStore.Simulation.Runs;

/// <summary>Faults that wait for a rare state of a member and strike at once: chance alone would hardly ever meet it.</summary>
internal sealed class Ambush(World world, SimulatedCluster cluster, SwarmOptions options)
{
    /// <summary>Those that come by no other way.</summary>
    public const Faults Only = Faults.VoteCrash | Faults.LeaderFall;

    public const Faults Kinds = Only | Faults.JointCut;

    private readonly Prng _prng = new(options.Seed ^ 0x414D_4255_5348UL);
    private readonly Dictionary<ulong, (ulong Term, ulong Vote)> _votes = [];
    private readonly HashSet<ulong> _terms = [];
    private readonly HashSet<(ulong Term, string Membership)> _joint = [];
    private readonly bool _tellsFigureEight = new Prng(options.Seed ^ 0x4649_4755_5245UL).Chance(0.4);
    private (ulong Term, ulong Commit)? _awaitingCommit;
    private int _strikes;

    public void Lay(Func<bool> isOver) => cluster.TurnEnded += process =>
    {
        if (!isOver() && process is { IsAlive: true, Log: { } log })
        {
            Look(process, log.Node);
        }
    };

    private void Look(Process process, RaftNode node)
    {
        if (options.Faults.HasFlag(Faults.VoteCrash) && node.Vote != 0 && IsNewVote(process.Member.Id, node) && _prng.Chance(0.4))
        {
            // The answer has just left, or is about to.
            CrashSoon(process, process.LocalUs + _prng.Next(1, 200), _prng.Next(1_000, 20_000));
        }

        if (node.Role != Role.Leader)
        {
            return;
        }

        if (options.Faults.HasFlag(Faults.LeaderFall))
        {
            LookForFall(process, node);
        }

        if (options.Faults.HasFlag(Faults.JointCut) && node.Membership.IsJoint && _joint.Add((node.Term, node.Membership.Voters.ToString())) && _prng.Chance(0.7))
        {
            var voters = node.Membership.Voters;
            Strike($"the network is cut in {voters}", [process.Member.Id, .. voters.Incoming.Ids.Where(id => !voters.Outgoing.Contains(id))]);
        }
    }

    private void LookForFall(Process process, RaftNode node)
    {
        if (_terms.Add(node.Term))
        {
            // Two leaders whose first entries stay with them, then one that commits: the story of the paper's figure 8.
            switch (_tellsFigureEight ? 1 + (_terms.Count % 3 / 2) : _prng.Next(4))
            {
                case 0:
                    FallSoon(process);
                    break;
                case 1:
                    Strike($"leader {process.Member.Id} falls with its first entry", [process.Member.Id]);
                    break;
                case 2:
                    _awaitingCommit = (node.Term, node.CommitIndex);
                    break;
            }
        }

        if (_awaitingCommit is { } awaited && awaited.Term == node.Term && node.CommitIndex > awaited.Commit)
        {
            // Its followers have not heard of it.
            _awaitingCommit = null;
            Strike($"leader {process.Member.Id} falls with its first commit", [process.Member.Id]);
        }
    }

    private bool IsNewVote(ulong member, RaftNode node)
    {
        var vote = (node.Term, node.Vote);
        var isNew = !_votes.TryGetValue(member, out var last) || last != vote;
        _votes[member] = vote;
        return isNew;
    }

    private void CrashSoon(Process process, long atUs, int downUs) => world.At(atUs, process.LoopContext, () =>
    {
        var member = process.Member;
        world.After(0, world.Outside, () => cluster.Kill(member, losesPower: true));
        world.After(downUs, world.Outside, () => cluster.Start(member));
    });

    private void FallSoon(Process process)
    {
        // From less than a message takes to some heartbeats.
        var afterUs = (int)Math.Pow(10, 2 + (3.3 * _prng.NextDouble()));
        if (_prng.Chance(0.5))
        {
            CrashSoon(process, process.LocalUs + afterUs, _prng.Next(10_000, 2_500_000));
            return;
        }

        // With less than a majority: what it has taken, or still takes, may be overruled.
        var others = cluster.Current.Select(m => m.Id).Where(id => id != process.Member.Id).OrderBy(_ => _prng.NextUInt64()).ToArray();
        HashSet<ulong> side = [process.Member.Id, .. others.Take(_prng.Next(((others.Length + 1) / 2) + 1))];
        world.After(afterUs, world.Outside, () => Strike($"leader {process.Member.Id} falls", side));
    }

    private void Strike(string what, HashSet<ulong> side)
    {
        world.Tell($"{what}: {string.Join(' ', side.Order())} on a side of their own");
        cluster.Network.Mend();
        cluster.Network.CutOff(side);
        var strike = ++_strikes;
        world.After(_prng.Next(_tellsFigureEight ? 3_000_000 : 200_000, 6_000_000), world.Outside, () =>
        {
            if (strike == _strikes)
            {
                cluster.Network.Mend();
            }
        });
    }
}
