using Microsoft.Extensions.Logging;

namespace Kube.Kubelet.PodWorkers;

internal sealed partial class PodWorker
{
    private void LogSyncFailed(Exception error, string pod, string reason) => SyncFailed(_services.Logger, error, pod, reason);

    [LoggerMessage(1, LogLevel.Error, "pod {Pod} could not be brought further, it is tried again: {Reason}")]
    private static partial void SyncFailed(ILogger logger, Exception error, string pod, string reason);
}
