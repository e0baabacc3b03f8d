using Kube.RaftStore.Raft.Quorum;
using Kube.RaftStore.Raft.Tracker;

namespace Kube.RaftStore.Raft.Configuration;

/// <summary>
/// Works out the membership after a change (dissertation, 4.3; a voter that becomes a learner stays in the old
/// half as a voter until the joint configuration is left). It changes nothing by itself.
/// </summary>
/// <param name="tracker">The membership in force.</param>
/// <param name="lastIndex">The leader's last entry: where a new member's progress begins.</param>
public sealed class ConfChanger(ProgressTracker tracker, ulong lastIndex)
{
    private readonly SortedSet<ulong> _incoming = new(tracker.Membership.Voters.Incoming.Ids);
    private readonly SortedSet<ulong> _outgoing = new(tracker.Membership.Voters.Outgoing.Ids);
    private readonly SortedSet<ulong> _learners = new(tracker.Membership.Learners);
    private readonly SortedSet<ulong> _learnersNext = new(tracker.Membership.LearnersNext);
    private readonly SortedDictionary<ulong, Progress> _progress = new(tracker.Progress);

    /// <summary>The membership and progress after <paramref name="change"/>.</summary>
    /// <exception cref="ConfChangeException">The configuration in force does not admit it.</exception>
    public (Membership Membership, SortedDictionary<ulong, Progress> Progress) Apply(ConfChange change)
    {
        if (change.IsLeaveJoint)
        {
            return LeaveJoint();
        }

        return change.EntersJoint ? EnterJoint(change) : Simple(change);
    }

    private (Membership, SortedDictionary<ulong, Progress>) EnterJoint(ConfChange change)
    {
        Require(!tracker.Membership.IsJoint, "the configuration is joint already");
        Require(_incoming.Count > 0, "a configuration without voters cannot become joint");
        _outgoing.UnionWith(_incoming);
        Take(change.Steps);
        return Finish(change.AutoLeave);
    }

    private (Membership, SortedDictionary<ulong, Progress>) LeaveJoint()
    {
        Require(tracker.Membership.IsJoint, "the configuration is not joint");
        foreach (var id in _learnersNext)
        {
            _learners.Add(id);
        }

        _learnersNext.Clear();
        foreach (var id in _outgoing)
        {
            if (!_incoming.Contains(id) && !_learners.Contains(id))
            {
                _progress.Remove(id);
            }
        }

        _outgoing.Clear();
        return Finish(autoLeave: false);
    }

    private (Membership, SortedDictionary<ulong, Progress>) Simple(ConfChange change)
    {
        Require(!tracker.Membership.IsJoint, "the configuration is joint");
        var before = _incoming.ToHashSet();
        Take(change.Steps);
        before.SymmetricExceptWith(_incoming);
        Require(before.Count <= 1, "more than one voter changes without a joint configuration");
        return Finish(autoLeave: false);
    }

    private void Take(IReadOnlyList<ConfChangeStep> steps)
    {
        foreach (var step in steps)
        {
            Require(step.MemberId != 0, "0 is no member id");
            switch (step.Kind)
            {
                case ConfChangeKind.AddVoter:
                    AddVoter(step.MemberId);
                    break;
                case ConfChangeKind.AddLearner:
                    AddLearner(step.MemberId);
                    break;
                case ConfChangeKind.Remove:
                    Remove(step.MemberId);
                    break;
                default:
                    throw new ConfChangeException($"unknown kind {step.Kind}");
            }
        }

        Require(_incoming.Count > 0, "no voter would be left");
    }

    private void AddVoter(ulong id)
    {
        EnsureProgress(id, isLearner: false);
        _learners.Remove(id);
        _learnersNext.Remove(id);
        _incoming.Add(id);
    }

    private void AddLearner(ulong id)
    {
        if (_learners.Contains(id))
        {
            return;
        }

        EnsureProgress(id, isLearner: true);
        _incoming.Remove(id);
        if (_outgoing.Contains(id))
        {
            _learnersNext.Add(id);
        }
        else
        {
            _learners.Add(id);
        }
    }

    private void Remove(ulong id)
    {
        _incoming.Remove(id);
        _learners.Remove(id);
        _learnersNext.Remove(id);
        // A voter of the old half is needed until the joint configuration is left.
        if (!_outgoing.Contains(id))
        {
            _progress.Remove(id);
        }
    }

    private void EnsureProgress(ulong id, bool isLearner)
    {
        if (_progress.ContainsKey(id))
        {
            return;
        }

        var progress = tracker.NewProgress(0, Math.Max(lastIndex, 1), isLearner);
        // A member just added has had no chance to be heard: without this, check-quorum would depose the leader.
        progress.RecentActive = true;
        _progress.Add(id, progress);
    }

    private (Membership, SortedDictionary<ulong, Progress>) Finish(bool autoLeave)
    {
        var voters = new JointConfig(new MajorityConfig(_incoming), new MajorityConfig(_outgoing));
        return (new Membership(voters, [.. _learners], [.. _learnersNext], autoLeave), _progress);
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new ConfChangeException(otherwise);
        }
    }
}
