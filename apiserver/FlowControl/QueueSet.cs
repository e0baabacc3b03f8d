using Kube.Base;

namespace Kube.ApiServer.FlowControl;

/// <summary>How the requests of a priority level wait.</summary>
/// <param name="Queues">Number of queues; 0: what has no seat is refused; <see cref="Unlimited"/>: everything has a seat.</param>
/// <param name="HandSize">How many queues a flow is dealt.</param>
/// <param name="QueueLengthLimit">How many requests wait in a queue at most.</param>
internal readonly record struct QueueSettings(int Queues, int HandSize, int QueueLengthLimit)
{
    public const int Unlimited = -1;
}

/// <summary>Where a request stands.</summary>
internal enum SeatState
{
    Rejected,
    Waiting,
    Executing,
    Finished,
}

/// <summary>One request: how many seats it takes, and where it stands. Changed by its <see cref="QueueSet"/> alone.</summary>
/// <param name="seats">At least one.</param>
internal sealed class SeatRequest(int seats)
{
    public int Seats { get; } = seats;

    public SeatState State { get; internal set; }

    internal double ArrivalR { get; set; }

    internal TimeSpan StartedAt { get; set; }

    internal RequestQueue? Queue { get; set; }

    internal LinkedListNode<SeatRequest>? Node { get; set; }
}

/// <summary>One queue of a set.</summary>
internal sealed class RequestQueue(int index)
{
    public int Index { get; } = index;

    public LinkedList<SeatRequest> Waiting { get; } = [];

    public int SeatsWaiting { get; set; }

    public int SeatsInUse { get; set; }

    public int Executing { get; set; }

    /// <summary>When, in the virtual world, the queue's next request begins.</summary>
    public double NextDispatchR { get; set; }

    public bool IsActive => Waiting.Count > 0 || Executing > 0;
}

/// <summary>
/// The seats of one priority level, and the requests that wait for them in queues, served fairly: fair queuing (Demers,
/// Keshav and Shenker) for requests that run side by side, several seats wide, and whose duration is known only
/// afterwards (KEP-1040). Time is handed in and must not go backwards. Not thread-safe.
/// </summary>
/// <remarks>
/// A progress meter R says how many seat-seconds each active queue has been due so far. A queue's next request begins, in the virtual
/// world, at the queue's NextDispatchR; the request that would end first is served next. A request's duration is taken for
/// <see cref="EstimatedServiceTime"/> until it ends, and put right then.
/// </remarks>
/// <param name="started">Told of each request that gets its seats, while the set is being changed: it must only take note.</param>
internal sealed class QueueSet(QueueSettings settings, int limit, Action<SeatRequest> started)
{
    /// <summary>What a request is taken to last before it has ended.</summary>
    public static readonly TimeSpan EstimatedServiceTime = TimeSpan.FromMilliseconds(3);

    private readonly List<RequestQueue> _queues = MakeQueues(settings.Queues);
    private QueueSettings _settings = settings;
    private double _r;
    private TimeSpan _now;
    private int _activeQueues;
    private int _robin;
    private int _enqueued;

    /// <summary>Seats that there are.</summary>
    public int Limit { get; private set; } = limit;

    public int SeatsInUse { get; private set; }

    public int SeatsWaiting { get; private set; }

    public int Executing { get; private set; }

    public int Waiting { get; private set; }

    public bool IsIdle => Executing == 0 && Waiting == 0;

    /// <summary>Gives a request its seats, or lets it wait, or refuses it.</summary>
    /// <param name="flow">Hash of the flow it belongs to.</param>
    public SeatState Arrive(SeatRequest request, ulong flow, TimeSpan now)
    {
        Advance(now);
        if (_settings.Queues <= 0)
        {
            request.State = _settings.Queues == QueueSettings.Unlimited || Fits(request.Seats) ? SeatState.Executing : SeatState.Rejected;
            if (request.State == SeatState.Executing)
            {
                Seat(request);
            }

            return request.State;
        }

        var queue = Choose(flow);
        if (SeatsInUse >= Limit && queue.Waiting.Count >= _settings.QueueLengthLimit)
        {
            request.State = SeatState.Rejected;
            return request.State;
        }

        Enqueue(request, queue);
        DispatchAll();
        return request.State;
    }

    /// <summary>Takes back the seats of a request that has been executed; others may start.</summary>
    public void Finish(SeatRequest request, TimeSpan now)
    {
        Invariant.Check(request.State == SeatState.Executing);
        Advance(now);
        request.State = SeatState.Finished;
        Executing--;
        SeatsInUse -= request.Seats;
        if (request.Queue is { } queue)
        {
            queue.Executing--;
            queue.SeatsInUse -= request.Seats;
            queue.NextDispatchR -= request.Seats * (EstimatedServiceTime - (now - request.StartedAt)).TotalSeconds;
            Bound(queue);
            NoteIdle(queue);
        }

        DispatchAll();
    }

    /// <summary>Takes a request out of its queue; a narrower one behind it may start. False when it does not wait any more.</summary>
    public bool Cancel(SeatRequest request, TimeSpan now)
    {
        Advance(now);
        if (request.State != SeatState.Waiting)
        {
            return false;
        }

        request.State = SeatState.Finished;
        var queue = request.Queue!;
        Dequeue(request);
        Bound(queue);
        NoteIdle(queue);
        DispatchAll();
        return true;
    }

    /// <summary>Takes other settings and another limit; requests that wait keep their queues.</summary>
    public void Configure(QueueSettings settings, int limit, TimeSpan now)
    {
        Advance(now);
        _settings = settings;
        Limit = limit;
        while (_queues.Count < settings.Queues)
        {
            _queues.Add(new RequestQueue(_queues.Count));
        }

        Trim();
        DispatchAll();
    }

    private static List<RequestQueue> MakeQueues(int count) => [.. Enumerable.Range(0, Math.Max(0, count)).Select(i => new RequestQueue(i))];

    /// <summary>Moves the progress meter: what there is to use is shared evenly by the active queues.</summary>
    private void Advance(TimeSpan now)
    {
        Invariant.Check(now >= _now);
        if (_activeQueues > 0)
        {
            _r += Math.Min(SeatsInUse + SeatsWaiting, Limit) / (double)_activeQueues * (now - _now).TotalSeconds;
        }

        _now = now;
    }

    /// <summary>Of the flow's hand the queue with the fewest seats waited for; turns break ties.</summary>
    private RequestQueue Choose(ulong flow)
    {
        Span<int> hand = stackalloc int[Math.Min(_settings.HandSize, ShuffleSharding.MaxHandSize)];
        ShuffleSharding.Deal(flow, _settings.Queues, hand);
        var offset = _enqueued++ % hand.Length;
        var best = _queues[hand[offset]];
        for (var i = 1; i < hand.Length; i++)
        {
            var queue = _queues[hand[(offset + i) % hand.Length]];
            if (queue.SeatsWaiting < best.SeatsWaiting)
            {
                best = queue;
            }
        }

        return best;
    }

    private void Enqueue(SeatRequest request, RequestQueue queue)
    {
        if (!queue.IsActive)
        {
            queue.NextDispatchR = _r;
            _activeQueues++;
        }

        request.State = SeatState.Waiting;
        request.ArrivalR = _r;
        request.Queue = queue;
        request.Node = queue.Waiting.AddLast(request);
        queue.SeatsWaiting += request.Seats;
        SeatsWaiting += request.Seats;
        Waiting++;
        Bound(queue);
    }

    private void Dequeue(SeatRequest request)
    {
        var queue = request.Queue!;
        queue.Waiting.Remove(request.Node!);
        queue.SeatsWaiting -= request.Seats;
        SeatsWaiting -= request.Seats;
        Waiting--;
    }

    private void DispatchAll()
    {
        while (Waiting > 0 && SeatsInUse < Limit && Dispatch())
        {
        }
    }

    /// <summary>Seats the first request of the queue whose first request would end first. False when it does not fit yet.</summary>
    private bool Dispatch()
    {
        RequestQueue? best = null;
        var earliest = double.PositiveInfinity;
        for (var i = 1; i <= _queues.Count; i++)
        {
            var queue = _queues[(_robin + i) % _queues.Count];
            if (queue.Waiting.First is { } first && queue.NextDispatchR + Work(first.Value) is var end && end < earliest)
            {
                (best, earliest) = (queue, end);
            }
        }

        var request = best!.Waiting.First!.Value;
        if (!Fits(request.Seats))
        {
            return false;
        }

        _robin = best.Index;
        Dequeue(request);
        best.Executing++;
        best.SeatsInUse += request.Seats;
        best.NextDispatchR += Work(request);
        Seat(request);
        Bound(best);
        return true;
    }

    private void Seat(SeatRequest request)
    {
        request.State = SeatState.Executing;
        request.StartedAt = _now;
        Executing++;
        SeatsInUse += request.Seats;
        started(request);
    }

    /// <summary>A request wider than all there is runs when nothing else does.</summary>
    private bool Fits(int seats) => seats > Limit ? Executing == 0 : SeatsInUse + seats <= Limit;

    private static double Work(SeatRequest request) => request.Seats * EstimatedServiceTime.TotalSeconds;

    /// <summary>
    /// In the virtual world too nothing begins before it has come: else a queue that cannot use what it is due would save
    /// it up, and later hold up all others.
    /// </summary>
    private static void Bound(RequestQueue queue)
    {
        if (queue.Waiting.First is { } first && queue.NextDispatchR < first.Value.ArrivalR)
        {
            queue.NextDispatchR = first.Value.ArrivalR;
        }
    }

    private void NoteIdle(RequestQueue queue)
    {
        if (!queue.IsActive)
        {
            _activeQueues--;
            Trim();
        }
    }

    /// <summary>Drops queues beyond the wanted number, from the end, as they become idle.</summary>
    private void Trim()
    {
        while (_queues.Count > Math.Max(0, _settings.Queues) && !_queues[^1].IsActive)
        {
            _queues.RemoveAt(_queues.Count - 1);
        }
    }
}
