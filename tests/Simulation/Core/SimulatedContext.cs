namespace Kube.RaftStore.Simulation.Core;

/// <summary>
/// Where a process's code goes on after an await: in the world's queue, as long as the process lives. A member has two, so
/// that what its loops complete is queued and does not run in the middle of a turn.
/// </summary>
internal sealed class SimulatedContext(World world, Process? process) : SynchronizationContext
{
    /// <summary>The longest that a ready continuation waits for its turn.</summary>
    private const int MaxQueueingUs = 20;

    public int Number => process is null ? 0 : (int)process.Member.Id;

    public bool IsDead => process is { IsAlive: false };

    public long FrozenUntilUs => process?.FrozenUntilUs ?? 0;

    public override void Post(SendOrPostCallback d, object? state)
    {
        // The finalizers of what a dead process has left behind come from a thread of their own.
        if (!IsDead && !world.IsOver)
        {
            world.At((process?.LocalUs ?? world.NowUs) + world.Schedule.Next(MaxQueueingUs), this, d, state);
        }
    }

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("nothing in the store waits like this");

    public override SynchronizationContext CreateCopy() => this;

    public void Run(in Event what)
    {
        SetSynchronizationContext(this);
        process?.BeginEvent();
        try
        {
            what.Callback(what.State);
        }
        catch (ProcessCrashedException)
        {
            // The process is gone; what it was doing ends here.
        }
        catch (Exception e) when (e is not SimulationException)
        {
            if (!IsDead)
            {
                world.Fail($"{(process is null ? "the run" : $"member {Number}")} threw {e.GetType().Name}: {e.Message}", e);
            }
        }
        catch (SimulationException e)
        {
            world.Fail(e.Message, e);
        }
        finally
        {
            SetSynchronizationContext(null);
        }
    }
}
