using Kube.Api.FlowControl.V1;

namespace Kube.ApiServer.FlowControl;

/// <summary>Seats of a level as its configuration and the server's total give them.</summary>
/// <param name="Nominal">Its share.</param>
/// <param name="Lower">What it does not lend.</param>
/// <param name="Upper">What it may have with all that it borrows.</param>
internal readonly record struct SeatBounds(int Nominal, int Lower, int Upper)
{
    public static SeatBounds Of(PriorityLevelConfigurationSpec spec, int total, double shares)
    {
        var (own, lendable, borrowing) = spec.Type == "Exempt"
            ? (spec.Exempt?.NominalConcurrencyShares ?? 0, spec.Exempt?.LendablePercent ?? 0, null)
            : (spec.Limited?.NominalConcurrencyShares ?? 30, spec.Limited?.LendablePercent ?? 0, spec.Limited?.BorrowingLimitPercent);
        var nominal = shares > 0 ? (int)Math.Ceiling(total * own / shares) : 0;
        var lent = (int)Math.Round(nominal * lendable / 100.0, MidpointRounding.AwayFromZero);
        var borrowed = borrowing is { } percent ? (int)Math.Round(nominal * percent / 100.0, MidpointRounding.AwayFromZero) : total;
        return new SeatBounds(nominal, nominal - lent, nominal + borrowed);
    }
}

/// <summary>How it went for a request that asked for seats.</summary>
internal enum Entry
{
    Executing,
    QueueFull,
    NoSeat,
    TimedOut,
}

/// <summary>
/// One priority level at work: its queues, and the requests that wait in them as tasks. A level that is no longer configured goes on
/// until its last request has ended. Thread-safe.
/// </summary>
internal sealed class PriorityLevel
{
    /// <summary>Share of a level's seats that one request may take.</summary>
    private const double MaxSeatsShare = 0.15;

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly long _epoch;
    private readonly QueueSet _queues;
    private readonly SeatDemand _demand = new();
    private readonly RetryAfter _retryAfter = new();
    private readonly Dictionary<SeatRequest, TaskCompletionSource> _waiting = [];
    private PriorityLevelConfiguration _configuration;

    public PriorityLevel(PriorityLevelConfiguration configuration, SeatBounds bounds, TimeProvider time)
    {
        _configuration = configuration;
        _time = time;
        _epoch = time.GetTimestamp();
        Name = configuration.Metadata.Name ?? "";
        Bounds = bounds;
        _queues = new QueueSet(FlowConfiguration.QueuesOf(configuration), bounds.Nominal - ((bounds.Nominal - bounds.Lower) / 2), Started);
    }

    public string Name { get; }

    public string Uid => Volatile.Read(ref _configuration).Metadata.Uid ?? "";

    public SeatBounds Bounds { get; private set; }

    /// <summary>Demand of the last period.</summary>
    public SeatDemand Demand => _demand;

    /// <summary>Seats that there are at present.</summary>
    public int Limit
    {
        get
        {
            lock (_lock)
            {
                return _queues.Limit;
            }
        }
    }

    public int SeatsInUse
    {
        get
        {
            lock (_lock)
            {
                return _queues.SeatsInUse;
            }
        }
    }

    /// <summary>True when requests of this level can wait: then it matters which flow they belong to.</summary>
    public bool HasQueues => FlowConfiguration.QueuesOf(Volatile.Read(ref _configuration)).Queues > 0;

    /// <summary>Widest request of this level; 0 for no bound of its own.</summary>
    public int MaxSeats
    {
        get
        {
            var settings = FlowConfiguration.QueuesOf(Volatile.Read(ref _configuration));
            return settings.Queues <= 0
                ? 0
                : (int)Math.Max(1, Math.Min(Math.Ceiling(Bounds.Nominal * MaxSeatsShare), Bounds.Nominal / settings.HandSize));
        }
    }

    /// <summary>Seconds that a refused client is told to wait.</summary>
    public int RetryAfterSeconds
    {
        get
        {
            lock (_lock)
            {
                return _retryAfter.Seconds;
            }
        }
    }

    private TimeSpan Now => _time.GetElapsedTime(_epoch);

    /// <summary>Waits for seats. When they are given, <see cref="Leave"/> must follow.</summary>
    /// <param name="limit">The longest wait.</param>
    public async ValueTask<Entry> EnterAsync(SeatRequest request, ulong flow, TimeSpan limit, CancellationToken cancellationToken)
    {
        Task seated;
        lock (_lock)
        {
            var now = Now;
            switch (_queues.Arrive(request, flow, now))
            {
                case SeatState.Executing:
                    NoteDemand(now);
                    return Entry.Executing;
                case SeatState.Rejected:
                    _retryAfter.Refused(now);
                    return FlowConfiguration.QueuesOf(_configuration).Queues > 0 ? Entry.QueueFull : Entry.NoSeat;
            }

            NoteDemand(now);
            var signal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add(request, signal);
            seated = signal.Task;
        }

        try
        {
            await seated.WaitAsync(limit, _time, cancellationToken).ConfigureAwait(false);
            return Entry.Executing;
        }
        catch (TimeoutException)
        {
            return GiveUp(request, refused: true) ? Entry.TimedOut : Entry.Executing;
        }
        catch (OperationCanceledException)
        {
            if (!GiveUp(request, refused: false))
            {
                Leave(request);
            }

            throw;
        }
    }

    /// <summary>Gives a request's seats back.</summary>
    public void Leave(SeatRequest request)
    {
        lock (_lock)
        {
            var now = Now;
            _queues.Finish(request, now);
            NoteDemand(now);
        }
    }

    /// <summary>Takes another configuration; the limit comes with the next division of seats.</summary>
    public void Configure(PriorityLevelConfiguration configuration, SeatBounds bounds)
    {
        lock (_lock)
        {
            Volatile.Write(ref _configuration, configuration);
            Bounds = bounds;
            _queues.Configure(FlowConfiguration.QueuesOf(configuration), _queues.Limit, Now);
        }
    }

    /// <summary>Ends a period of demand, and says what the level claims for the next.</summary>
    public SeatClaim EndPeriod()
    {
        lock (_lock)
        {
            _demand.EndPeriod(Now);
            var lower = Math.Max(Bounds.Lower, Math.Min(Bounds.Nominal, _demand.HighWatermark));
            return new SeatClaim(Math.Max(lower, _demand.Smoothed), lower, Math.Max(lower, Bounds.Upper));
        }
    }

    /// <summary>Sets the number of seats.</summary>
    public void SetLimit(int limit)
    {
        lock (_lock)
        {
            var now = Now;
            _queues.Configure(FlowConfiguration.QueuesOf(_configuration), limit, now);
            NoteDemand(now);
        }
    }

    /// <summary>Takes a waiting request out. False when it has got its seats in between.</summary>
    private bool GiveUp(SeatRequest request, bool refused)
    {
        lock (_lock)
        {
            var now = Now;
            if (!_queues.Cancel(request, now))
            {
                return false;
            }

            _waiting.Remove(request);
            NoteDemand(now);
            if (refused)
            {
                _retryAfter.Refused(now);
            }

            return true;
        }
    }

    private void Started(SeatRequest request)
    {
        if (_waiting.Remove(request, out var signal))
        {
            signal.SetResult();
        }
    }

    private void NoteDemand(TimeSpan now) => _demand.Set(_queues.SeatsInUse + _queues.SeatsWaiting, now);
}
