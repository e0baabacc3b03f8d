using FsCheck;
using FsCheck.Fluent;
using Kube.ApiServer.FlowControl;

namespace Kube.ApiServer.Tests.FlowControl;

/// <summary>Fair queues against a twin that knows nothing but lists and the definition.</summary>
public sealed class QueueSetTests
{
    private static readonly QueueSettings Settings = new(6, 2, 3);

    [Fact]
    public void Serves_in_the_order_of_the_definition()
    {
        var step = from kind in Gen.Choose(0, 9)
                   from flow in Gen.Choose(0, 7)
                   from seats in Gen.Elements(1, 1, 1, 2, 3, 7)
                   from pick in Gen.Choose(0, 1000)
                   from ms in Gen.Choose(0, 20)
                   select (kind, flow, seats, pick, ms);
        Prop.ForAll(Arb.From(Gen.ListOf(step, 150)), steps =>
        {
            var started = new List<SeatRequest>();
            var set = new QueueSet(Settings, 4, started.Add);
            var twin = new Twin(Settings, 4);
            var requests = new List<(SeatRequest Real, TwinRequest Twin)>();
            var now = TimeSpan.Zero;
            foreach (var (kind, flow, seats, pick, ms) in steps)
            {
                now += TimeSpan.FromMilliseconds(ms);
                var executing = requests.Where(r => r.Real.State == SeatState.Executing).ToList();
                var waiting = requests.Where(r => r.Real.State == SeatState.Waiting).ToList();
                if (kind < 5)
                {
                    var pair = (Real: new SeatRequest(seats), Twin: new TwinRequest(seats));
                    requests.Add(pair);
                    var hash = (ulong)flow * 7919;
                    Assert.Equal(twin.Arrive(pair.Twin, hash, now), set.Arrive(pair.Real, hash, now));
                }
                else if (kind < 8 && executing.Count > 0)
                {
                    var pair = executing[pick % executing.Count];
                    twin.Finish(pair.Twin, now);
                    set.Finish(pair.Real, now);
                }
                else if (kind == 8 && waiting.Count > 0)
                {
                    var pair = waiting[pick % waiting.Count];
                    twin.Cancel(pair.Twin, now);
                    Assert.True(set.Cancel(pair.Real, now));
                }
                else if (kind == 9)
                {
                    var limit = 1 + (pick % 6);
                    twin.SetLimit(limit, now);
                    set.Configure(Settings, limit, now);
                }

                Assert.DoesNotContain(requests, pair => pair.Twin.State != pair.Real.State);
                Assert.Equal(requests.Where(r => r.Real.State == SeatState.Executing).Sum(r => r.Real.Seats), set.SeatsInUse);
                Assert.Equal(requests.Count(r => r.Real.State == SeatState.Waiting), set.Waiting);
            }

            Assert.Equal(twin.Started.Select(t => requests.FindIndex(r => r.Twin == t)), started.Select(s => requests.FindIndex(r => r.Real == s)));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));
    }

    [Fact]
    public void A_flow_that_floods_does_not_keep_others_from_their_share()
    {
        var started = new List<SeatRequest>();
        var set = new QueueSet(new QueueSettings(64, 6, 50), 10, started.Add);
        var now = TimeSpan.Zero;
        var flood = Enumerable.Range(0, 200).Select(_ => new SeatRequest(1)).ToList();
        flood.ForEach(r => set.Arrive(r, 12345, now));
        var modest = new SeatRequest(1);
        Assert.Equal(SeatState.Waiting, set.Arrive(modest, 987654321, now));

        // All ten seats are taken; of the next seats that come free, the modest flow gets one of the first few.
        for (var freed = 1; modest.State == SeatState.Waiting; freed++)
        {
            Assert.True(freed <= 7, "a flow with one request waits behind no more than one request of each queue of the flood");
            now += TimeSpan.FromMilliseconds(5);
            set.Finish(started.First(r => r.State == SeatState.Executing), now);
        }
    }

    [Fact]
    public void Two_busy_flows_get_the_same_seat_seconds_whatever_the_width_of_their_requests()
    {
        var started = new List<SeatRequest>();
        var set = new QueueSet(new QueueSettings(2, 1, 10_000), 6, started.Add);
        var now = TimeSpan.Zero;
        var (wide, narrow) = (Requests(3), Requests(1));
        wide.ForEach(r => set.Arrive(r, 0, now));
        narrow.ForEach(r => set.Arrive(r, 1, now));
        var seatSeconds = new Dictionary<int, double> { [3] = 0, [1] = 0 };
        for (var i = 0; i < 500; i++)
        {
            now += TimeSpan.FromMilliseconds(10);
            var next = started.First(r => r.State == SeatState.Executing);
            seatSeconds[next.Seats] += next.Seats * (now - next.StartedAt).TotalSeconds;
            set.Finish(next, now);
        }

        Assert.InRange(seatSeconds[3] / seatSeconds[1], 0.9, 1.1);

        static List<SeatRequest> Requests(int seats) => [.. Enumerable.Range(0, 800).Select(_ => new SeatRequest(seats))];
    }

    [Fact]
    public void Without_queues_what_has_no_seat_is_refused_and_without_a_limit_nothing_is()
    {
        var reject = new QueueSet(new QueueSettings(0, 0, 0), 2, _ => { });
        SeatRequest[] requests = [new(1), new(1), new(1)];
        Assert.Equal([SeatState.Executing, SeatState.Executing, SeatState.Rejected], requests.Select(r => reject.Arrive(r, 0, TimeSpan.Zero)));
        var exempt = new QueueSet(new QueueSettings(QueueSettings.Unlimited, 0, 0), 0, _ => { });
        Assert.Equal(SeatState.Executing, exempt.Arrive(new SeatRequest(5), 0, TimeSpan.Zero));
    }

    [Fact]
    public void Fewer_queues_come_into_effect_as_the_others_empty()
    {
        var started = new List<SeatRequest>();
        var set = new QueueSet(new QueueSettings(64, 6, 50), 1, started.Add);
        var requests = Enumerable.Range(0, 60).Select(_ => new SeatRequest(1)).ToList();
        for (var i = 0; i < requests.Count; i++)
        {
            set.Arrive(requests[i], (ulong)i * 104729, TimeSpan.Zero);
        }

        set.Configure(new QueueSettings(1, 1, 50), 1, TimeSpan.Zero);
        for (var i = 0; i < requests.Count; i++)
        {
            set.Finish(started[i], TimeSpan.FromMilliseconds(i));
        }

        Assert.True(set.IsIdle);
        Assert.Equal(requests.Count, started.Count);
    }

    private sealed class TwinRequest(int seats)
    {
        public int Seats => seats;

        public SeatState State { get; set; }

        public int Queue { get; set; }

        public double Arrival { get; set; }

        public TimeSpan Start { get; set; }
    }

    /// <summary>The definition, with everything counted anew each time.</summary>
    private sealed class Twin(QueueSettings settings, int limit)
    {
        private static readonly TimeSpan Estimate = TimeSpan.FromMilliseconds(3);
        private readonly List<TwinRequest> _all = [];
        private readonly double[] _next = new double[settings.Queues];
        private int _limit = limit;
        private double _r;
        private TimeSpan _now;
        private int _arrivals;
        private int _robin;

        public List<TwinRequest> Started { get; } = [];

        public SeatState Arrive(TwinRequest request, ulong flow, TimeSpan now)
        {
            Advance(now);
            var deck = Enumerable.Range(0, settings.Queues).ToList();
            var hand = new List<int>();
            for (var i = 0; i < settings.HandSize; i++)
            {
                var card = (int)(flow % (ulong)deck.Count);
                flow /= (ulong)deck.Count;
                hand.Add(deck[card]);
                deck.RemoveAt(card);
            }

            var turn = _arrivals++ % hand.Count;
            request.Queue = hand.Skip(turn).Concat(hand.Take(turn)).MinBy(queue => In(queue, SeatState.Waiting).Sum(r => r.Seats));
            if (InUse >= _limit && In(request.Queue, SeatState.Waiting).Count() >= settings.QueueLengthLimit)
            {
                return request.State = SeatState.Rejected;
            }

            if (!Active(request.Queue))
            {
                _next[request.Queue] = _r;
            }

            (request.State, request.Arrival) = (SeatState.Waiting, _r);
            _all.Add(request);
            Settle();
            return request.State;
        }

        public void Finish(TwinRequest request, TimeSpan now)
        {
            Advance(now);
            request.State = SeatState.Finished;
            _next[request.Queue] -= request.Seats * (Estimate - (now - request.Start)).TotalSeconds;
            Settle();
        }

        public void Cancel(TwinRequest request, TimeSpan now)
        {
            Advance(now);
            request.State = SeatState.Finished;
            Settle();
        }

        public void SetLimit(int value, TimeSpan now)
        {
            Advance(now);
            _limit = value;
            Settle();
        }

        private int InUse => _all.Where(r => r.State == SeatState.Executing).Sum(r => r.Seats);

        private IEnumerable<TwinRequest> In(int queue, SeatState state) => _all.Where(r => r.Queue == queue && r.State == state);

        private bool Active(int queue) => In(queue, SeatState.Waiting).Any() || In(queue, SeatState.Executing).Any();

        private void Advance(TimeSpan now)
        {
            var active = Enumerable.Range(0, settings.Queues).Count(Active);
            if (active > 0)
            {
                var asked = _all.Where(r => r.State is SeatState.Waiting or SeatState.Executing).Sum(r => r.Seats);
                _r += Math.Min(asked, _limit) / (double)active * (now - _now).TotalSeconds;
            }

            _now = now;
        }

        private void Hold()
        {
            foreach (var first in _all.Where(r => r.State == SeatState.Waiting).GroupBy(r => r.Queue).Select(g => g.First()))
            {
                _next[first.Queue] = Math.Max(_next[first.Queue], first.Arrival);
            }
        }

        private void Settle()
        {
            Hold();
            while (InUse < _limit && _all.Any(r => r.State == SeatState.Waiting))
            {
                var order = Enumerable.Range(1, settings.Queues).Select(i => (_robin + i) % settings.Queues);
                var first = order.Select(queue => In(queue, SeatState.Waiting).FirstOrDefault()).OfType<TwinRequest>().MinBy(r => _next[r.Queue] + (r.Seats * Estimate.TotalSeconds))!;
                if (first.Seats > _limit ? InUse > 0 : InUse + first.Seats > _limit)
                {
                    return;
                }

                (first.State, first.Start, _robin) = (SeatState.Executing, _now, first.Queue);
                _next[first.Queue] += first.Seats * Estimate.TotalSeconds;
                Started.Add(first);
                Hold();
            }
        }
    }
}
