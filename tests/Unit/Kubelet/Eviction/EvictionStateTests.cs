using FsCheck;
using FsCheck.Fluent;
using Kube.Api.Values;
using Kube.Kubelet.Eviction;
using Kube.Kubelet.Tests.Fakes;

namespace Kube.Kubelet.Tests.Eviction;

public class EvictionStateTests
{
    private static readonly TimeSpan Transition = TimeSpan.FromMinutes(5);

    private static readonly EvictionThreshold Hard = New(EvictionSignal.MemoryAvailable, 100);
    private static readonly EvictionThreshold Soft = New(EvictionSignal.NodeFsAvailable, 50) with { GracePeriod = TimeSpan.FromSeconds(30) };

    [Fact]
    public void A_hard_threshold_is_due_at_once_and_its_condition_stays_for_the_transition_period()
    {
        EvictionState state = new([Hard], Transition);

        Assert.Empty(Look(state, 0, memory: 100).Due);
        EvictionVerdict crossed = Look(state, 10, memory: 99);
        Assert.Equal([Hard], crossed.Due);
        Assert.Equal(["MemoryPressure"], crossed.Conditions);

        Assert.Empty(Look(state, 20, memory: 200).Due);
        Assert.Equal(["MemoryPressure"], Look(state, 309, memory: 200).Conditions);
        Assert.Empty(Look(state, 310, memory: 200).Conditions);
    }

    [Fact]
    public void A_soft_threshold_is_due_after_its_grace_and_the_grace_begins_anew_when_it_was_kept()
    {
        EvictionState state = new([Soft], Transition);

        Assert.Equal(["DiskPressure"], Look(state, 0, disk: 10).Conditions);
        Assert.Empty(Look(state, 29, disk: 10).Due);
        Assert.Equal([Soft], Look(state, 30, disk: 10).Due);
        Assert.Empty(Look(state, 40, disk: 60).Due);
        Assert.Empty(Look(state, 50, disk: 10).Due);
        Assert.Equal([Soft], Look(state, 80, disk: 10).Due);
    }

    [Fact]
    public void What_was_due_stays_crossed_until_the_minimum_reclaim_is_free_too()
    {
        EvictionThreshold threshold = Hard with { MinimumReclaim = new ThresholdValue(new Quantity(20), 0) };
        EvictionState state = new([threshold], Transition);

        Assert.Empty(Look(state, 0, memory: 110).Due);
        Assert.Single(Look(state, 10, memory: 90).Due);
        Assert.Single(Look(state, 20, memory: 119).Due);
        Assert.Empty(Look(state, 30, memory: 120).Due);
        Assert.Empty(Look(state, 40, memory: 110).Due);
    }

    [Fact]
    public void Memory_is_the_most_urgent() =>
        Assert.Equal([Hard, Soft with { GracePeriod = TimeSpan.Zero }], Look(new EvictionState([Soft with { GracePeriod = TimeSpan.Zero }, Hard], Transition), 0, memory: 1, disk: 1).Due);

    [Fact]
    public void A_signal_that_was_not_read_crosses_nothing() =>
        Assert.Empty(new EvictionState([Hard], Transition).Look(new Dictionary<EvictionSignal, SignalReading>(), Pods.Now).Due);

    /// <summary>Against a twin that goes through the whole history at each look.</summary>
    [Fact]
    public void It_remembers_what_the_whole_history_says()
    {
        Gen<(int Seconds, int Memory, int Disk)> look = from seconds in Gen.Choose(1, 200)
                                                        from memory in Gen.Choose(60, 140)
                                                        from disk in Gen.Choose(20, 80)
                                                        select (seconds, memory, disk);
        EvictionThreshold[] thresholds =
        [
            Hard with { MinimumReclaim = new ThresholdValue(new Quantity(20), 0) },
            Soft with { GracePeriod = TimeSpan.FromSeconds(150) },
            New(EvictionSignal.MemoryAvailable, 120) with { GracePeriod = TimeSpan.FromSeconds(60), MinimumReclaim = new ThresholdValue(null, 0.01f) },
        ];
        Prop.ForAll(look.ListOf().ToArbitrary(), looks =>
        {
            EvictionState state = new(thresholds, Transition);
            List<(DateTimeOffset At, Dictionary<EvictionSignal, SignalReading> Readings)> history = [];
            DateTimeOffset now = Pods.Now;
            foreach ((int seconds, int memory, int disk) in looks)
            {
                now += TimeSpan.FromSeconds(seconds);
                history.Add((now, Readings(memory, disk)));
                EvictionVerdict verdict = state.Look(history[^1].Readings, now);
                (HashSet<string> conditions, HashSet<EvictionThreshold> due) = Twin(thresholds, history);
                Assert.Equal(conditions, verdict.Conditions);
                Assert.Equal(due, verdict.Due.ToHashSet());
            }
        }).QuickCheckThrowOnFailure();
    }

    private static (HashSet<string> Conditions, HashSet<EvictionThreshold> Due) Twin(
        EvictionThreshold[] thresholds, List<(DateTimeOffset At, Dictionary<EvictionSignal, SignalReading> Readings)> history)
    {
        DateTimeOffset now = history[^1].At;
        HashSet<string> conditions = [];
        HashSet<EvictionThreshold> due = [];
        foreach (EvictionThreshold threshold in thresholds)
        {
            DateTimeOffset? since = null;
            bool wasDue = false;
            foreach ((DateTimeOffset at, Dictionary<EvictionSignal, SignalReading> readings) in history)
            {
                SignalReading reading = readings[threshold.Signal];
                long wanted = threshold.Value.Of(reading.Capacity) + (wasDue ? threshold.MinimumReclaim?.Of(reading.Capacity) ?? 0 : 0);
                bool crossed = reading.Available < wanted;
                since = crossed ? since ?? at : null;
                wasDue = crossed && at - since >= threshold.GracePeriod;
                if (crossed && (at == now || now - at < Transition))
                {
                    conditions.Add(threshold.Signal.Condition());
                }
            }

            if (wasDue)
            {
                due.Add(threshold);
            }
        }

        return (conditions, due);
    }

    private static EvictionVerdict Look(EvictionState state, int second, int memory = 1000, int disk = 1000) =>
        state.Look(Readings(memory, disk), Pods.Now + TimeSpan.FromSeconds(second));

    private static Dictionary<EvictionSignal, SignalReading> Readings(int memory, int disk) => new()
    {
        [EvictionSignal.MemoryAvailable] = new(memory, 1000),
        [EvictionSignal.NodeFsAvailable] = new(disk, 1000),
    };

    private static EvictionThreshold New(EvictionSignal signal, long quantity) => new(signal, new ThresholdValue(new Quantity(quantity), 0));
}
