using Kube.Api.Core.V1;
using Kube.Client.Events;
using Kube.Kubelet.PodWorkers;
using Microsoft.Extensions.Logging;

namespace Kube.Kubelet.Shutdown;

/// <summary>
/// Ends the node's pods before the machine goes down: in steps by priority, each within its grace. From then on the node takes no pod and
/// is not ready. Thread-safe.
/// </summary>
internal sealed partial class NodeShutdown(
    ShutdownOptions options,
    Func<IReadOnlyList<Pod>> active,
    Func<Pod, PodEnd, CancellationToken, Task> end,
    IEventRecorder events,
    KubeletNode node,
    TimeProvider time,
    ILogger logger)
{
    private const string Message = "Pod was terminated in response to imminent node shutdown.";

    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _began;

    /// <summary>Called when the shutdown begins, to have the node's status reported.</summary>
    public Action Began { get; set; } = static () => { };

    /// <summary>The longest that <see cref="RunAsync"/> takes; zero where nothing is to be done.</summary>
    public TimeSpan Longest => options.Steps.Aggregate(TimeSpan.Zero, static (sum, step) => sum + step.Grace);

    public bool IsShuttingDown => Volatile.Read(ref _began) != 0;

    /// <summary>Why no pod is taken any more, or null.</summary>
    public PodRejection? Admit(Pod pod) => IsShuttingDown ? new PodRejection("NodeShutdown", "Pod was rejected as the node is shutting down.") : null;

    /// <summary>Ends the pods; comes back when all have ended or the time is up. At once where no grace is configured; every call but the first waits for that one.</summary>
    public Task RunAsync(CancellationToken cancellation) => options.Steps.Count == 0 ? Task.CompletedTask
        : Interlocked.Exchange(ref _began, 1) == 0 ? EndAllAsync(cancellation)
        : _over.Task.WaitAsync(cancellation);

    private async Task EndAllAsync(CancellationToken cancellation)
    {
        try
        {
            await EndInStepsAsync(options.Steps, cancellation);
        }
        finally
        {
            _over.TrySetResult();
        }
    }

    private async Task EndInStepsAsync(IReadOnlyList<(int Priority, TimeSpan Grace)> steps, CancellationToken cancellation)
    {
        events.Event(node.Reference, "Normal", "NodeShutdown", "Shutdown manager detected shutdown event");
        Began();
        foreach ((TimeSpan grace, IReadOnlyList<Pod> pods) in ShutdownPlan.Group(steps, active()))
        {
            using CancellationTokenSource limit = new(grace, time);
            using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
            try
            {
                await Task.WhenAll(pods.Select(pod => end(
                    pod,
                    new PodEnd("Terminated", Message, ShutdownPlan.GraceSeconds(pod, grace)) { Disruption = "TerminationByKubelet" },
                    either.Token)));
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                LogStepTimedOut(grace.TotalSeconds);
            }
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "not all pods ended within the {Seconds} s of their step of the shutdown")]
    private partial void LogStepTimedOut(double seconds);
}
