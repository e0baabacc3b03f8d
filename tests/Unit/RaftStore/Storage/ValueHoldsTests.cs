using FsCheck;
using FsCheck.Fluent;
using Kube.RaftStore.Storage;
using Kube.RaftStore.Tests.Raft;

namespace Kube.RaftStore.Tests.Storage;

/// <summary>A freed piece stays while a snapshot is held that began before it was freed, and no longer.</summary>
public class ValueHoldsTests
{
    [Fact]
    public void Without_a_snapshot_everything_goes_at_once()
    {
        var holds = new ValueHolds();
        holds.Free(7, 70);
        Assert.True(holds.TryTakeFreed(out var place, out var length));
        Assert.Equal((7, 70), (place, length));
        Assert.False(holds.TryTakeFreed(out _, out _));
    }

    [Fact]
    public void A_piece_waits_for_the_snapshot_that_began_before_it_was_freed_and_not_for_the_next()
    {
        var holds = new ValueHolds();
        var first = holds.Begin();
        holds.Free(1, 1);
        var second = holds.Begin();
        holds.Free(2, 1);
        Assert.False(holds.TryTakeFreed(out _, out _));
        holds.Release(first);
        Assert.True(holds.TryTakeFreed(out var place, out _));
        Assert.Equal(1, place);
        Assert.False(holds.TryTakeFreed(out _, out _));
        holds.Release(second);
        Assert.True(holds.TryTakeFreed(out place, out _));
        Assert.Equal(2, place);
    }

    [Fact]
    public void Who_reads_a_snapshot_keeps_its_values_when_it_is_gone()
    {
        var holds = new ValueHolds();
        var snapshot = holds.Begin();
        holds.Hold(snapshot);
        holds.Free(1, 1);
        holds.Release(snapshot);
        Assert.False(holds.TryTakeFreed(out _, out _));
        holds.Release(snapshot);
        Assert.True(holds.TryTakeFreed(out _, out _));
    }

    /// <summary>Against the obvious: for each piece, the set of snapshots that were held when it was freed.</summary>
    [Fact]
    public void Any_order_does_what_sets_say()
    {
        var steps = Gen.Choose(0, int.MaxValue).ArrayOf(120).ToShrinking();
        Prop.ForAll(steps, numbers =>
        {
            var holds = new ValueHolds();
            var held = new List<long>();
            var waiting = new Dictionary<long, HashSet<long>>();
            long next = 0;
            foreach (var number in numbers)
            {
                switch (number % 5)
                {
                    case 0:
                        held.Add(holds.Begin());
                        break;
                    case 1 when held.Count > 0:
                        holds.Hold(held[number / 5 % held.Count]);
                        held.Add(held[number / 5 % held.Count]);
                        break;
                    case 2 when held.Count > 0:
                        var released = held[number / 5 % held.Count];
                        holds.Release(released);
                        held.Remove(released);
                        break;
                    default:
                        holds.Free(next, 1);
                        waiting.Add(next++, [.. held]);
                        break;
                }
                while (holds.TryTakeFreed(out var place, out _))
                {
                    if (!waiting.Remove(place, out var keepers) || keepers.Overlaps(held))
                    {
                        return false;
                    }
                }
                if (waiting.Values.Any(keepers => !keepers.Overlaps(held)))
                {
                    return false;
                }
            }
            return true;
        }).Check(Config.QuickThrowOnFailure);
    }
}
