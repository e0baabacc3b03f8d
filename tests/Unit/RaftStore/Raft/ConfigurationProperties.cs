using FsCheck;
using FsCheck.Fluent;
using Kube.RaftStore.Raft;
using Kube.RaftStore.Raft.Configuration;
using Kube.RaftStore.Raft.Tracker;

namespace Kube.RaftStore.Tests.Raft;

public class ConfigurationProperties
{
    private static Gen<ConfChange> Changes =>
        from transition in Gen.Elements(ConfChangeTransition.Auto, ConfChangeTransition.JointImplicit, ConfChangeTransition.JointExplicit)
        from steps in (from kind in Gen.Elements(ConfChangeKind.AddVoter, ConfChangeKind.AddLearner, ConfChangeKind.Remove)
                       from id in Gen.Choose(1, 5)
                       select new ConfChangeStep(kind, (ulong)id)).ListOf()
        from origin in ArbMap.Default.GeneratorFor<ulong>()
        from mustBeReady in ArbMap.Default.GeneratorFor<bool>()
        select new ConfChange(transition, [.. steps]) { Base = origin, LearnersMustBeReady = mustBeReady };

    /// <summary>With fewer steps.</summary>
    private static IEnumerable<ConfChange> Simpler(ConfChange change) =>
        change.Steps.Select((_, i) => new ConfChange(change.Transition, [.. change.Steps.Take(i), .. change.Steps.Skip(i + 1)])
        {
            Base = change.Base,
            LearnersMustBeReady = change.LearnersMustBeReady,
        });

    [Fact]
    public void Any_sequence_of_changes_keeps_a_membership_sound() =>
        Prop.ForAll(Changes.ArrayOf().ToShrinking(Simpler), changes =>
        {
            var tracker = NewTracker();
            foreach (var change in changes)
            {
                var before = tracker.Membership;
                try
                {
                    var (membership, progress) = new ConfChanger(tracker, 10).Apply(change);
                    tracker.Switch(membership, progress);
                }
                catch (ConfChangeException)
                {
                    // A refused change leaves no trace.
                    if (!ReferenceEquals(before, tracker.Membership))
                    {
                        return false;
                    }
                }

                if (!IsSound(tracker) || !SharesAQuorum(before, tracker.Membership))
                {
                    return false;
                }
            }

            return true;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Joint_and_left_is_the_same_as_one_after_another() =>
        Prop.ForAll(Arb.From(Changes, Simpler), change =>
        {
            var joint = NewTracker();
            var single = NewTracker();
            try
            {
                Switch(joint, new ConfChange(ConfChangeTransition.JointExplicit, change.Steps));
                Switch(joint, ConfChange.LeaveJoint);
                foreach (var step in change.Steps)
                {
                    Switch(single, ConfChange.Single(step.Kind, step.MemberId));
                }
            }
            catch (ConfChangeException)
            {
                // One of the ways passes through a membership without voters.
                return true;
            }

            return joint.Membership.ToConfState().Equals(single.Membership.ToConfState());
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Codec_round_trips_and_takes_no_nonsense() =>
        Prop.ForAll(Arb.From(Changes, Simpler), ArbMap.Default.ArbFor<byte[]>(), (change, command) =>
        {
            var encoded = ConfChangeCodec.Encode(change, command);
            var decoded = ConfChangeCodec.Decode(encoded, out var rest);
            for (var cut = 0; cut < encoded.Length - command.Length; cut++)
            {
                try
                {
                    ConfChangeCodec.Decode(encoded.AsMemory(0, cut), out _);
                    return false;
                }
                catch (FormatException)
                {
                    // The one exception that a decoder may throw on bytes that are no configuration.
                }
            }

            return decoded.Transition == change.Transition && decoded.Steps.SequenceEqual(change.Steps) && rest.Span.SequenceEqual(command)
                && decoded.Base == change.Base && decoded.LearnersMustBeReady == change.LearnersMustBeReady;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Codec_reads_the_version_before()
    {
        byte[] old = [1, 0, 1, 0, 2, 7, 0, 0, 0, 0, 0, 0, 0, 0xAB];
        var change = ConfChangeCodec.Decode(old, out var command);
        Assert.Equal([new ConfChangeStep(ConfChangeKind.AddLearner, 7)], change.Steps);
        Assert.Equal((0UL, false), (change.Base, change.LearnersMustBeReady));
        Assert.Equal([0xAB], command.ToArray());
    }

    [Fact]
    public void Fingerprint_tells_memberships_apart() =>
        Prop.ForAll(Changes.ArrayOf().ToShrinking(Simpler), Changes.ArrayOf().ToShrinking(Simpler), (one, other) =>
        {
            var (a, b) = (After(one), After(other));
            return a.Equals(b) == (a.Fingerprint == b.Fingerprint) && a.Fingerprint != 0;
        }).QuickCheckThrowOnFailure();

    private static ConfState After(ConfChange[] changes)
    {
        var tracker = NewTracker();
        foreach (var change in changes)
        {
            try
            {
                Switch(tracker, change);
            }
            catch (ConfChangeException)
            {
                // As if it had not been proposed.
            }
        }

        return tracker.Membership.ToConfState();
    }

    private static void Switch(ProgressTracker tracker, ConfChange change)
    {
        var (membership, progress) = new ConfChanger(tracker, 10).Apply(change);
        tracker.Switch(membership, progress);
    }

    private static ProgressTracker NewTracker()
    {
        var tracker = new ProgressTracker(8, 1000);
        var membership = Membership.From(new ConfState([1, 2, 3]));
        tracker.Switch(membership, new SortedDictionary<ulong, Progress>(
            new ulong[] { 1, 2, 3 }.ToDictionary(id => id, id => tracker.NewProgress(0, 1, false))));
        return tracker;
    }

    private static bool IsSound(ProgressTracker tracker)
    {
        var state = tracker.Membership.ToConfState();
        return state.Voters.Count > 0
            && tracker.Progress.Keys.SequenceEqual(state.Members)
            && !state.Learners.Intersect(state.Voters.Concat(state.VotersOutgoing)).Any()
            && state.LearnersNext.All(state.VotersOutgoing.Contains)
            && (state.VotersOutgoing.Count > 0 || (state.LearnersNext.Count == 0 && !state.AutoLeave))
            && tracker.Progress.All(p => p.Value.IsLearner == state.Learners.Contains(p.Key));
    }

    /// <summary>Whether no two quorums, one of each membership, can decide apart from each other.</summary>
    private static bool SharesAQuorum(Membership before, Membership after)
    {
        for (var mask = 0; mask < 32; mask++)
        {
            bool In(ulong id) => (mask >> ((int)id - 1) & 1) == 1;
            if (before.Voters.Tally(id => In(id)) == Kube.RaftStore.Raft.Quorum.VoteResult.Won
                && after.Voters.Tally(id => !In(id)) == Kube.RaftStore.Raft.Quorum.VoteResult.Won)
            {
                return false;
            }
        }

        return true;
    }
}
