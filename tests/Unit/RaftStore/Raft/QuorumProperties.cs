using FsCheck;
using FsCheck.Fluent;
using Kube.RaftStore.Raft.Quorum;

namespace Kube.RaftStore.Tests.Raft;

/// <summary>Quorum arithmetic against its definition.</summary>
public class QuorumProperties
{
    [Fact]
    public void Committed_index_is_the_largest_that_a_majority_has() =>
        Prop.ForAll(Gen.Choose(0, 9).ArrayOf().ToShrinking(Shrinking.Smaller), indexes =>
        {
            var acknowledged = indexes.Select((index, i) => (Id: (ulong)i + 1, Index: (ulong)index)).ToDictionary(p => p.Id, p => p.Index);
            return new MajorityConfig(acknowledged.Keys).CommittedIndex(id => acknowledged[id]) == Largest(acknowledged);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Joint_committed_index_needs_both_majorities() =>
        Prop.ForAll(Gen.Choose(0, 5).ArrayOf(7).ToShrinkingElements(Shrinking.Smaller), Gen.Choose(0, 127).ToShrinking(), Gen.Choose(0, 127).ToShrinking(), (indexes, first, second) =>
        {
            ulong At(ulong id) => (ulong)indexes[id - 1];
            var joint = new JointConfig(new MajorityConfig(Ids(first)), new MajorityConfig(Ids(second)));
            ulong best = 0;
            for (ulong i = 0; i <= 5; i++)
            {
                if (HasMajority(Ids(first), id => At(id) >= i) && HasMajority(Ids(second), id => At(id) >= i))
                {
                    best = i;
                }
            }

            var expected = first == 0 && second == 0 ? ulong.MaxValue : best;
            return joint.CommittedIndex(At) == expected;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Tally_is_won_or_lost_exactly_when_no_further_vote_can_change_it() =>
        Prop.ForAll(Gen.Choose(0, 2).ArrayOf(5).ToShrinkingElements(Shrinking.Smaller), Gen.Choose(0, 31).ToShrinking(), Gen.Choose(0, 31).ToShrinking(), (votes, first, second) =>
        {
            bool? Vote(ulong id) => votes[id - 1] switch { 0 => false, 1 => true, _ => null };
            var joint = new JointConfig(new MajorityConfig(Ids(first)), new MajorityConfig(Ids(second)));
            var best = Wins(id => Vote(id) ?? true);
            var worst = Wins(id => Vote(id) ?? false);
            var expected = worst ? VoteResult.Won : best ? VoteResult.Pending : VoteResult.Lost;
            return joint.Tally(Vote) == expected;

            bool Wins(Func<ulong, bool> vote) => HasMajority(Ids(first), vote) && HasMajority(Ids(second), vote);
        }).QuickCheckThrowOnFailure();

    private static ulong Largest(Dictionary<ulong, ulong> acknowledged)
    {
        if (acknowledged.Count == 0)
        {
            return ulong.MaxValue;
        }

        return acknowledged.Values.Append(0UL).Where(i => acknowledged.Values.Count(v => v >= i) > acknowledged.Count / 2).Max();
    }

    private static ulong[] Ids(int mask) => [.. Enumerable.Range(0, 7).Where(i => (mask >> i & 1) == 1).Select(i => (ulong)i + 1)];

    private static bool HasMajority(ulong[] ids, Func<ulong, bool> holds) => ids.Length == 0 || ids.Count(holds) * 2 > ids.Length;
}
