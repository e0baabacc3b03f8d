using System.Diagnostics;

namespace Kube.Robustness.Chaos;

/// <summary>The one clock of a run: monotonic time since its start. All of the history, faults and samples carry it.</summary>
internal sealed class RunClock
{
    private readonly long _start = Stopwatch.GetTimestamp();

    public TimeSpan Now => Stopwatch.GetElapsedTime(_start);
}
