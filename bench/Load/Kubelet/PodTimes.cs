using System.Collections.Concurrent;
using System.Diagnostics;
using Kube.Api.Core.V1;
using Kube.Client.Rest;

namespace Kube.Load.Kubelet;

/// <summary>When each pod of a namespace was asked for, bound, running and gone, as one watch of a client shows it. Thread-safe.</summary>
internal sealed class PodTimes(KubeClient client, string ns, int wanted)
{
    private readonly ConcurrentDictionary<string, Times> _pods = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _running = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _countRunning;
    private int _countGone;

    /// <summary>Completes when all run; faults when one has failed.</summary>
    public Task AllRunning => _running.Task;

    /// <summary>Completes when all objects are deleted.</summary>
    public Task AllGone => _gone.Task;

    public int Running => Volatile.Read(ref _countRunning);

    /// <summary>Milliseconds from the request to Running, ascending.</summary>
    public double[] FromRequest => Sorted(static t => t.Running - t.Asked);

    /// <summary>Milliseconds from the binding to Running: the kubelet's part, ascending.</summary>
    public double[] FromBinding => Sorted(static t => t.Running - t.Bound);

    /// <summary>The pod is asked for now.</summary>
    public void Asked(string name) => _pods[name] = new Times { Asked = Stopwatch.GetTimestamp() };

    /// <summary>Watches until cancelled.</summary>
    public async Task WatchAsync(CancellationToken cancellationToken)
    {
        var pods = client.For<Pod>();
        var start = await pods.ListAsync(ns, null, cancellationToken);
        try
        {
            await foreach (var change in pods.WatchAsync(ns, new ListQuery { ResourceVersion = start.ResourceVersion }, cancellationToken))
            {
                See(change, Stopwatch.GetTimestamp());
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The run is over.
        }
    }

    /// <summary>The share <paramref name="part"/> of ascending values lies at or below this.</summary>
    public static double Percentile(double[] ascending, double part) =>
        ascending[Math.Clamp((int)Math.Ceiling(part * ascending.Length) - 1, 0, ascending.Length - 1)];

    private void See(WatchEvent<Pod> change, long now)
    {
        if (!_pods.TryGetValue(change.Object.Metadata.Name!, out var times))
        {
            return;
        }

        if (change.Type == WatchEventType.Deleted && Interlocked.Increment(ref _countGone) == wanted)
        {
            _gone.TrySetResult();
        }

        if (times.Bound == 0 && change.Object.Spec?.NodeName is { Length: > 0 })
        {
            times.Bound = now;
        }

        switch (change.Object.Status?.Phase)
        {
            case "Running" when times.Running == 0:
                times.Running = now;
                if (Interlocked.Increment(ref _countRunning) == wanted)
                {
                    _running.TrySetResult();
                }

                break;
            case "Failed":
                _running.TrySetException(new InvalidOperationException(
                    $"pod {change.Object.Metadata.Name} failed: {change.Object.Status.Reason} {change.Object.Status.Message}"));
                break;
        }
    }

    private double[] Sorted(Func<Times, long> ticks) =>
        [.. _pods.Values.Where(static t => t.Running > 0).Select(t => ticks(t) * 1000.0 / Stopwatch.Frequency).Order()];

    private sealed class Times
    {
        public long Asked { get; init; }

        public long Bound { get; set; }

        public long Running { get; set; }
    }
}
