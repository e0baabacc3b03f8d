using Kube.RaftStore.Apply;

namespace Kube.RaftStore.Server.Upkeep;

/// <summary>
/// Gives up, a little at a time, what compaction has made unreadable, so that no writer waits for it noticeably; keeps the
/// values in their memory.
/// </summary>
public sealed class CompactionTask : IAsyncDisposable
{
    /// <summary>Versions looked at while holding the writer's lock, which is let go of sooner when a writer comes; well below a millisecond.</summary>
    private const int StepsAtOnce = 256;

    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(100);

    private readonly StoreStateMachine _machine;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();

    public CompactionTask(StoreStateMachine machine, TimeProvider time)
    {
        _machine = machine;
        _time = time;
        Completion = RunAsync();
    }

    /// <summary>Faults when it cannot go on; completes on disposal.</summary>
    public Task Completion { get; }

    public async ValueTask DisposeAsync()
    {
        _stopping.Cancel();
        await Completion.ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(s_interval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                while (_machine.Store.NeedsTrim && _machine.Store.Trim(StepsAtOnce))
                {
                    _stopping.Token.ThrowIfCancellationRequested();
                    await Task.Yield();
                }
                while (_machine.Store.Values.Maintain())
                {
                    _stopping.Token.ThrowIfCancellationRequested();
                    await Task.Yield();
                }
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // Told to stop.
        }
    }
}
