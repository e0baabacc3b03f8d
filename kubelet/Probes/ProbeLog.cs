using Microsoft.Extensions.Logging;

namespace Kube.Kubelet.Probes;

internal static partial class ProbeLog
{
    [LoggerMessage(1, LogLevel.Error, "{Kind} probe of container {Container} in pod {Pod} ended")]
    public static partial void LoopFailed(ILogger logger, Exception error, ProbeKind kind, string container, string pod);
}
