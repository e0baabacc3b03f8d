using Kube.Base;

namespace Kube.RaftStore.Simulation.Core;

/// <summary>
/// Virtual time and everything that happens in it: one queue of events, run one after another on one thread. Which of two
/// things comes first is decided by their times, and those by the seed.
/// </summary>
internal sealed class World
{
    private static readonly SendOrPostCallback s_call = static action => ((Action)action!)();

    private const long LookEveryUs = 20_000;

    private readonly EventQueue _events = new();
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private ulong _trace = 14695981039346656037;

    public World(ulong seed)
    {
        Prng = new Prng(seed);
        Schedule = Prng.Fork();
        Outside = new SimulatedContext(this, null);
    }

    /// <summary>The source of the parts' own generators; drawn from while a run is set up only.</summary>
    public Prng Prng { get; }

    /// <summary>Decides about the small delays of things that would otherwise happen at once.</summary>
    public Prng Schedule { get; }

    /// <summary>Where clients and the test's own tasks go on.</summary>
    public SimulatedContext Outside { get; }

    /// <summary>Microseconds since the start.</summary>
    public long NowUs { get; private set; }

    public TimeSpan Now => TimeSpan.FromMicroseconds(NowUs);

    public long EventCount { get; private set; }

    /// <summary>A number that two runs share only if the same things happened at the same times.</summary>
    public ulong TraceHash => _trace;

    /// <summary>Nothing happens any more.</summary>
    public bool IsOver { get; private set; }

    /// <summary>The first thing found wrong; nothing runs after it.</summary>
    public SimulationException? Failure { get; private set; }

    /// <summary>What happened last, for the report of a failure.</summary>
    public Queue<string> Story { get; } = new();

    /// <summary>Whether to tell the story as it happens.</summary>
    public Action<string>? Narrator { get; init; }

    /// <summary>Has something happen after a delay, unless its process has ended by then.</summary>
    public void After(long delayUs, SimulatedContext context, Action action) => At(NowUs + Math.Max(0, delayUs), context, action);

    public void At(long atUs, SimulatedContext context, Action action) => At(atUs, context, s_call, action);

    public void At(long atUs, SimulatedContext context, SendOrPostCallback callback, object? state)
    {
        CheckThread();
        _events.Add(Math.Max(atUs, NowUs), new Event(context, callback, state));
    }

    /// <summary>Completes after a delay; for the run's own tasks.</summary>
    public Task Delay(long delayUs)
    {
        var done = new TaskCompletionSource();
        After(delayUs, Outside, done.SetResult);
        return done.Task;
    }

    /// <summary>Mixes what happens into the trace.</summary>
    public void Trace(ulong value) => _trace = (_trace ^ value) * 1099511628211;

    public void Tell(string what)
    {
        Story.Enqueue($"{Now.TotalSeconds,10:F6} {what}");
        if (Story.Count > 400)
        {
            Story.Dequeue();
        }

        Narrator?.Invoke($"{Now.TotalSeconds,10:F6} {what}");
    }

    public void Fail(string message, Exception? inner = null)
    {
        Failure ??= new SimulationException(message, inner);
        Tell("FAILED: " + message);
    }

    /// <summary>Starts a task of the run's own; a failure of it is one of the run.</summary>
    public Task Start(Func<Task> task)
    {
        var done = new TaskCompletionSource();
        After(0, Outside, () => _ = RunAsync());
        return done.Task;

        async Task RunAsync()
        {
            try
            {
                await task();
            }
            catch (Exception e)
            {
                Fail($"a task of the run failed: {e.Message}", e);
            }

            done.SetResult();
        }
    }

    /// <summary>Runs what is due until a moment; false when something was found wrong.</summary>
    public bool RunUntil(long untilUs)
    {
        while (Failure is null && _events.NextUs <= untilUs)
        {
            RunNext();
        }

        if (Failure is null)
        {
            NowUs = Math.Max(NowUs, untilUs);
        }

        return Failure is null;
    }

    /// <summary>Runs until something holds, looking every now and then; false when it does not by the end of the time, or something was found wrong.</summary>
    public bool RunUntil(Func<bool> holds, long withinUs)
    {
        for (var untilUs = NowUs + withinUs; !holds();)
        {
            if (NowUs >= untilUs || !RunUntil(Math.Min(NowUs + LookEveryUs, untilUs)))
            {
                return false;
            }
        }

        return Failure is null;
    }

    public void End() => IsOver = true;

    /// <summary>Nothing in a run may leave its thread: what did would come at a time of its own.</summary>
    public void CheckThread()
    {
        if (Environment.CurrentManagedThreadId != _thread)
        {
            throw new SimulationException("something runs outside the simulation's thread:\n" + Environment.StackTrace);
        }
    }

    private void RunNext()
    {
        _ = _events.TryTake(out var atUs, out var next);
        var context = next.Context;
        if (context.IsDead)
        {
            return;
        }

        if (context.FrozenUntilUs > atUs)
        {
            _events.Add(context.FrozenUntilUs, next);
            return;
        }

        NowUs = atUs;
        EventCount++;
        Trace((ulong)NowUs ^ ((ulong)context.Number << 48));
        context.Run(next);
    }
}
