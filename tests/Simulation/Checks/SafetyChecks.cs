using Kube.RaftStore.Apply;
using Kube.RaftStore.Raft;
using Kube.RaftStore.Simulation.Cluster;
using Kube.RaftStore.Simulation.Core;
using Kube.RaftStore.Storage;

namespace Kube.RaftStore.Simulation.Checks;

/// <summary>What must hold at every moment (Raft paper, figure 3), seen from outside all members at once.</summary>
internal sealed class SafetyChecks(World world, SimulatedCluster cluster)
{
    /// <summary>How often the whole states are compared, in entries, while the log is short. A long one means long histories: then they are
    /// compared so seldom that it costs about as much for each entry.</summary>
    private const ulong HashEvery = 16;

    private readonly Dictionary<ulong, ulong> _leaderOfTerm = [];
    private readonly Dictionary<ulong, (ulong Term, uint Command, ulong Member)> _applied = [];
    private readonly Dictionary<ulong, (uint Hash, ulong Member)> _stateAt = [];
    private readonly VoteChecks _votes = new(world, cluster.Options.Log.PreVote);
    private ulong _newestConfigurationIndex;

    /// <summary>The membership that the most advanced member knows.</summary>
    public ConfState NewestConfiguration { get; private set; } = cluster.Bootstrap;

    public int Elections => _leaderOfTerm.Count;

    public ulong HighestApplied { get; private set; }

    /// <summary>A message has come to a member that runs.</summary>
    public void OnArrival(Message message) => _votes.OnArrival(message);

    public void BeforeApply(Process process, ulong index, ulong term, ReadOnlySpan<byte> command)
    {
        var checksum = Crc32C.Of(command);
        world.Trace((index << 16) ^ (process.Member.Id << 56) ^ checksum);
        if (!_applied.TryAdd(index, (term, checksum, process.Member.Id)) && _applied[index] is var known
            && (known.Term, known.Command) != (term, checksum))
        {
            world.Fail(
                $"state machine safety: member {process.Member.Id} applies another entry at {index} (term {term}) than member {known.Member} (term {known.Term})");
        }

        HighestApplied = Math.Max(HighestApplied, index);
    }

    public void AfterApply(Process process, StoreStateMachine machine, ulong index)
    {
        if (machine.AppliedIndex != index)
        {
            world.Fail($"member {process.Member.Id} applied {index} and is at {machine.AppliedIndex}");
        }

        if (index % (HashEvery << (int)(index >> 8 > 0 ? ulong.Log2(index >> 8) + 1 : 0)) == 0)
        {
            Compare(process, machine);
        }
    }

    public void AfterRestore(Process process, StoreStateMachine machine) => Compare(process, machine);

    /// <summary>Compares a member's whole state with that of whoever was at the same entry.</summary>
    public void Compare(Process process, StoreStateMachine machine)
    {
        var hash = StateHash.Of(machine);
        if (!_stateAt.TryAdd(machine.AppliedIndex, (hash, process.Member.Id)) && _stateAt[machine.AppliedIndex].Hash != hash)
        {
            world.Fail(
                $"state machine safety: at entry {machine.AppliedIndex} the state of member {process.Member.Id} is not that of member {_stateAt[machine.AppliedIndex].Member}");
        }
    }

    public void AfterTurn(Process process)
    {
        if (process.Log is not { } log)
        {
            return;
        }

        var node = log.Node;
        if (node.AppliedIndex >= _newestConfigurationIndex)
        {
            LookAtMembership(process.Member.Id, node.AppliedIndex, log.Membership);
        }

        _votes.AfterTurn(process.Member.Id, node);
        if (node.Role != Role.Leader || (_leaderOfTerm.TryGetValue(node.Term, out var leader) && leader == process.Member.Id))
        {
            return;
        }

        if (!_leaderOfTerm.TryAdd(node.Term, process.Member.Id))
        {
            world.Fail($"election safety: members {_leaderOfTerm[node.Term]} and {process.Member.Id} both lead term {node.Term}");
            return;
        }

        world.Tell($"member {process.Member.Id} leads term {node.Term}");
        CheckLeaderIsComplete(process, node);
        CheckLogsMatch();
    }

    /// <summary>Log matching: where two logs have an entry of the same index and term, all before it is the same.</summary>
    public void CheckLogsMatch()
    {
        var running = cluster.Running.ToArray();
        for (var i = 0; i < running.Length; i++)
        {
            for (var j = i + 1; j < running.Length; j++)
            {
                CheckLogsMatch(running[i], running[j]);
            }
        }
    }

    private void CheckLogsMatch(Process one, Process other)
    {
        var left = one.Log.Node.Log;
        var right = other.Log.Node.Log;
        var low = Math.Max(left.FirstIndex, right.FirstIndex);
        var isSame = false;
        for (var index = Math.Min(left.LastIndex, right.LastIndex); index >= low && index > 0; index--)
        {
            var equal = left.TermAt(index) == right.TermAt(index);
            if (isSame && !equal)
            {
                world.Fail($"log matching: members {one.Member.Id} and {other.Member.Id} agree behind entry {index}, but not there");
                return;
            }

            isSame |= equal;
        }
    }

    /// <summary>The membership is part of the state: what it is follows from how far a member has applied.</summary>
    private void LookAtMembership(ulong member, ulong applied, ConfState membership)
    {
        var isSame = ReferenceEquals(membership, NewestConfiguration) || membership.Equals(NewestConfiguration);
        if (!isSame && applied == _newestConfigurationIndex && applied > 0)
        {
            world.Fail($"membership: at entry {applied} member {member} counts {Show(membership)}, another {Show(NewestConfiguration)}");
        }

        _newestConfigurationIndex = applied;
        if (!isSame)
        {
            NewestConfiguration = membership;
        }

        static string Show(ConfState state) => state.Members.Count == 0 ? "nobody" : string.Join(", ", state.Members.Order());
    }

    private void CheckLeaderIsComplete(Process process, RaftNode node)
    {
        // What was applied anywhere was committed in an earlier term or this one: the leader has it.
        for (var index = node.Log.FirstIndex; index <= HighestApplied; index++)
        {
            if (_applied.TryGetValue(index, out var known) && known.Term < node.Term && node.Log.TermAt(index) != known.Term)
            {
                world.Fail(
                    $"leader completeness: member {process.Member.Id} leads term {node.Term} without entry {index} of term {known.Term}, which member {known.Member} has applied");
                return;
            }
        }
    }
}
