using FsCheck;
using FsCheck.Fluent;
using Kube.RaftStore.Simulation.Core;
using Kube.RaftStore.Tests.Raft;

namespace Kube.RaftStore.Simulation.Tests;

public class EventQueueTests
{
    /// <summary>Any mix of adding and taking gives what a list that is sorted anew each time gives.</summary>
    [Fact]
    public void Events_come_by_their_time_and_those_of_one_time_in_order() =>
        Prop.ForAll(Gen.Choose(-3, 9).ArrayOf().ToShrinking(), steps =>
        {
            var queue = new EventQueue();
            var twin = new List<(long AtUs, int Order)>();
            for (var i = 0; i < steps.Length; i++)
            {
                if (steps[i] >= 0)
                {
                    queue.Add(steps[i], new Event(null!, static _ => { }, i));
                    twin.Add((steps[i], i));
                    continue;
                }

                var isThere = queue.TryTake(out var atUs, out var what);
                if (isThere != (twin.Count > 0) || (isThere && (atUs, (int)what.State!) != twin.Min()))
                {
                    return false;
                }

                twin.Remove(twin.DefaultIfEmpty().Min());
            }

            return queue.Count == twin.Count && queue.NextUs == (twin.Count > 0 ? twin.Min().AtUs : long.MaxValue);
        }).QuickCheckThrowOnFailure();
}
