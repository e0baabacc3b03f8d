using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Kube.Api.FlowControl.V1;
using Kube.ApiServer.Auth;
using Kube.ApiServer.Requests;

namespace Kube.ApiServer.FlowControl;

/// <summary>What decides on a request.</summary>
/// <param name="SchemaUid">Uid of the flow schema that it belongs to.</param>
/// <param name="LevelUid">Uid of the schema's priority level.</param>
/// <param name="Ticket">Its seats; null when it is refused.</param>
/// <param name="RetryAfterSeconds">How long a refused client should wait.</param>
public readonly record struct FlowDecision(string SchemaUid, string LevelUid, FlowTicket? Ticket, int RetryAfterSeconds);

/// <summary>
/// API priority and fairness (KEP-1040): a request belongs to the first flow schema that matches it, waits for seats of that schema's
/// priority level, fairly among the schema's flows, and is refused when the queues are full or it has waited too long.
/// Levels lend each other what they do not use. Thread-safe.
/// </summary>
public sealed class FlowController : IDisposable
{
    /// <summary>How often seats are divided anew.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly int _totalSeats;
    private readonly TimeSpan _maxWait;
    private readonly TimeProvider _time;
    private readonly FlowMetrics _metrics;
    private readonly ITimer _timer;
    private State _state = new(null, [], []);
    private int _reads;
    private int _writes;

    /// <param name="totalSeats">Seats of the whole server; at least 1.</param>
    /// <param name="maxWait">Longest time in a queue.</param>
    /// <param name="metricsScope">The server whose metrics are kept; null for the process.</param>
    public FlowController(int totalSeats, TimeSpan maxWait, TimeProvider time, object? metricsScope = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(totalSeats, 1);
        (_totalSeats, _maxWait, _time) = (totalSeats, maxWait, time);
        Configure(FlowConfiguration.Mandatory);
        _metrics = new FlowMetrics(() => Volatile.Read(ref _state).Levels.Values, metricsScope);
        _timer = time.CreateTimer(_ => DivideSeats(), null, Period, Period);
    }

    /// <summary>Gets and lists that are executed now.</summary>
    public int ReadsExecuting => Volatile.Read(ref _reads);

    /// <summary>All other requests that are executed now.</summary>
    public int WritesExecuting => Volatile.Read(ref _writes);

    /// <summary>Takes a configuration, unless it is the one that holds.</summary>
    public void Configure(FlowConfiguration configuration)
    {
        if (ReferenceEquals(Volatile.Read(ref _state).Configuration, configuration))
        {
            return;
        }

        lock (_lock)
        {
            var shares = configuration.Levels.Sum(l => (double)(l.Spec!.Limited?.NominalConcurrencyShares ?? l.Spec.Exempt?.NominalConcurrencyShares ?? 0));
            var levels = ImmutableDictionary.CreateBuilder<string, PriorityLevel>();
            foreach (var level in configuration.Levels)
            {
                var bounds = SeatBounds.Of(level.Spec!, _totalSeats, shares);
                if (_state.Levels.TryGetValue(level.Metadata.Name!, out var known))
                {
                    known.Configure(level, bounds);
                    levels[known.Name] = known;
                }
                else
                {
                    levels[level.Metadata.Name!] = new PriorityLevel(level, bounds, _time);
                }
            }

            var flows = configuration.Schemas.Select(s => new Flow(s, levels[s.Spec!.PriorityLevelConfiguration!.Name!]));
            Volatile.Write(ref _state, new State(configuration, [.. flows], levels.ToImmutable()));
        }

        DivideSeats();
    }

    /// <summary>Lets a request in, at once or when its turn comes, or refuses it.</summary>
    /// <param name="seatsOf">How many seats it takes, given the most that its level gives one request.</param>
    public async ValueTask<FlowDecision> EnterAsync(RequestInfo request, UserInfo user, Func<int, int> seatsOf, CancellationToken cancellationToken)
    {
        var flow = FlowOf(request, user);
        var (schema, level) = (flow.Schema.Metadata.Name!, flow.Level);
        var seats = new SeatRequest(seatsOf(level.MaxSeats));
        var arrived = _time.GetTimestamp();
        _metrics.Queued(schema, level.Name, 1);
        Entry entry;
        try
        {
            entry = await level.EnterAsync(seats, level.HasQueues ? HashOf(flow, request, user) : 0, _maxWait, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _metrics.Rejected(schema, level.Name, "cancelled");
            throw;
        }
        finally
        {
            _metrics.Queued(schema, level.Name, -1);
        }

        _metrics.Waited(schema, level.Name, entry == Entry.Executing, _time.GetElapsedTime(arrived).TotalSeconds);
        var (schemaUid, levelUid) = (flow.Schema.Metadata.Uid ?? "", level.Uid);
        if (entry != Entry.Executing)
        {
            _metrics.Rejected(schema, level.Name, entry switch { Entry.QueueFull => "queue-full", Entry.NoSeat => "concurrency-limit", _ => "time-out" });
            return new FlowDecision(schemaUid, levelUid, null, level.RetryAfterSeconds);
        }

        Count(request, 1);
        _metrics.Began(schema, level.Name, seats.Seats);
        var began = _time.GetTimestamp();
        return new FlowDecision(schemaUid, levelUid, new FlowTicket(() =>
        {
            level.Leave(seats);
            Count(request, -1);
            _metrics.Ended(schema, level.Name, seats.Seats, request.Verb == "watch", _time.GetElapsedTime(began).TotalSeconds);
        }), 0);
    }

    public void Dispose()
    {
        _timer.Dispose();
        _metrics.Dispose();
    }

    /// <summary>The schema and level that a request belongs to.</summary>
    internal (FlowSchema Schema, PriorityLevel Level) Classify(RequestInfo request, UserInfo user)
    {
        var flow = FlowOf(request, user);
        return (flow.Schema, flow.Level);
    }

    /// <summary>The first schema that matches; what nothing matches belongs to catch-all.</summary>
    private Flow FlowOf(RequestInfo request, UserInfo user)
    {
        var flows = Volatile.Read(ref _state).Flows;
        foreach (var flow in flows)
        {
            if (FlowMatching.Matches(flow.Schema.Spec!, request, user))
            {
                return flow;
            }
        }

        return flows.First(flow => flow.Schema.Metadata.Name == BootstrapFlows.CatchAll);
    }

    private static ulong HashOf(Flow flow, RequestInfo request, UserInfo user)
    {
        var text = flow.Schema.Metadata.Name + "," + FlowMatching.DistinguisherOf(flow.Schema.Spec!, request, user);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), hash);
        return BinaryPrimitives.ReadUInt64LittleEndian(hash);
    }

    private void Count(RequestInfo request, int change)
    {
        ref var count = ref request.Verb is "get" or "list" or "watch" ? ref _reads : ref _writes;
        Interlocked.Add(ref count, change);
    }

    /// <summary>Ends a period of demand: each level gets seats by what it has asked for, within its bounds.</summary>
    private void DivideSeats()
    {
        lock (_lock)
        {
            var levels = _state.Levels.Values.ToList();
            var claims = levels.Select(level => level.EndPeriod()).ToList();
            var (seats, _) = SeatAllocation.Divide(levels.Sum(level => level.Bounds.Nominal), claims);
            for (var i = 0; i < levels.Count; i++)
            {
                levels[i].SetLimit((int)Math.Round(seats[i], MidpointRounding.AwayFromZero));
            }
        }
    }

    private sealed record Flow(FlowSchema Schema, PriorityLevel Level);

    private sealed record State(FlowConfiguration? Configuration, ImmutableArray<Flow> Flows, ImmutableDictionary<string, PriorityLevel> Levels);
}

/// <summary>The seats of a request that is executed. Disposing gives them back, the first time.</summary>
public sealed class FlowTicket(Action leave) : IDisposable
{
    private Action? _leave = leave;

    public void Dispose() => Interlocked.Exchange(ref _leave, null)?.Invoke();
}
