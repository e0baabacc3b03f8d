using Kube.Base;
using Kube.Testing;

namespace Kube.Robustness.Chaos.Faults;

/// <summary>
/// Injects faults one after the other, chosen by seed: every kind once before any comes again. Two injectors work
/// beside each other: one breaks things, the other makes the ground unsteady.
/// </summary>
internal sealed class Injector(FaultContext context, IReadOnlyList<FaultKind> kinds, bool isBackground)
{
    private readonly Queue<FaultKind> _deck = new();

    /// <summary>Works until the token is cancelled; the last fault is healed then.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        if (kinds.Count == 0)
        {
            return;
        }

        while (await PauseAsync(TimeSpan.FromMilliseconds(context.Random.Next(300, 1800)), ct))
        {
            var kind = Draw();
            if (kind.Obstacle?.Invoke(context) is not null)
            {
                continue;
            }

            var isGateWanted = isBackground || kind.NeedsQuiet;
            if (isGateWanted)
            {
                await context.Quiet.WaitAsync(CancellationToken.None);
            }

            try
            {
                await RunAsync(kind, ct);
            }
            finally
            {
                if (isGateWanted)
                {
                    context.Quiet.Release();
                }
            }
        }
    }

    private async Task RunAsync(FaultKind kind, CancellationToken ct)
    {
        var fault = kind.Create();
        var duration = fault.Duration(context.Random);
        var record = context.Log.Begin(kind.Name, isBackground, kind.TakesMajority);
        try
        {
            record.What = await fault.InjectAsync(context);
            record.Injected = context.Recorder.Clock.Now;
            record.KilledLeader = fault is KillOne { IsLeader: true };
            context.Log.Say($"{kind.Name}: {record.What}");
            await PauseAsync(duration, ct);
        }
        catch (FaultSkippedException e)
        {
            record.Skipped = e.Message;
            context.Log.Say($"{kind.Name} left out: {e.Message}");
        }
        finally
        {
            await fault.HealAsync(context);
        }

        if (isBackground)
        {
            record.Healed = context.Recorder.Clock.Now;
        }
        else
        {
            await RecoverAsync(record);
        }
    }

    /// <summary>Starts what is down, and awaits that writes are acknowledged.</summary>
    private async Task RecoverAsync(FaultRecord record)
    {
        context.Cluster.Revive();
        record.Healed = context.Recorder.Clock.Now;
        try
        {
            await Eventually.HoldsAsync(
                async () =>
                {
                    if (record.Kind.StartsWith("disk-full", StringComparison.Ordinal))
                    {
                        // A member that could not go on for want of space has ended; it is started again as a supervisor would.
                        context.Cluster.Revive();
                        if (!await DiskFull.DisarmAsync(context.Cluster))
                        {
                            return false;
                        }
                    }

                    await Task.Delay(5);
                    return context.Recorder.Ledger.LastAcknowledgedWrite > record.Healed;
                },
                "a write is acknowledged",
                context.RecoveryLimit);
            record.Recovered = context.Recorder.Ledger.LastAcknowledgedWrite;
        }
        catch (TimeoutException)
        {
            context.Log.Problem($"no write acknowledged within {context.RecoveryLimit.TotalSeconds:0} s after {record.Kind} ({record.What}) was healed");
        }
    }

    private FaultKind Draw()
    {
        if (_deck.Count == 0)
        {
            var kept = kinds.ToArray();
            for (var i = kept.Length - 1; i > 0; i--)
            {
                var j = context.Random.Next(i + 1);
                (kept[i], kept[j]) = (kept[j], kept[i]);
            }

            Array.ForEach(kept, _deck.Enqueue);
        }

        return _deck.Dequeue();
    }

    /// <summary>False when the run has ended.</summary>
    private static async Task<bool> PauseAsync(TimeSpan time, CancellationToken ct)
    {
        try
        {
            await Task.Delay(time, ct);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
