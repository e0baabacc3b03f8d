using Kube.Scheduler.Framework;
using Microsoft.Extensions.Logging;

namespace Kube.Scheduler.Cycle;

public sealed partial class PodScheduler
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Bound {Pod} to {Node}, one of {Feasible} feasible nodes")]
    private static partial void Bound(ILogger logger, PodKey pod, string node, int feasible);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Binding {Pod} to {Node} failed")]
    private static partial void BindFailed(ILogger logger, Exception exception, PodKey pod, string node);

    [LoggerMessage(Level = LogLevel.Information, Message = "Preempted {Victim} for {Pod} on {Node}")]
    private static partial void Preempted(ILogger logger, PodKey victim, PodKey pod, string node);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Clearing {Node} for {Pod} failed")]
    private static partial void PreemptionFailed(ILogger logger, Exception exception, PodKey pod, string node);

    [LoggerMessage(Level = LogLevel.Information, Message = "No node for {Pod}: {Reason}")]
    private static partial void NoNode(ILogger logger, PodKey pod, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Reporting that {Pod} has no node failed")]
    private static partial void StatusFailed(ILogger logger, Exception exception, PodKey pod);
}
