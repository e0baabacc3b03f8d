using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Kube.Rpc.Server;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Error, "The handler of {Method} threw an exception.")]
    public static partial void HandlerFailed(ILogger logger, string method, Exception exception);

    [LoggerMessage(2, LogLevel.Debug, "{Method} ended with {Code}: {Detail}")]
    public static partial void CallFailed(ILogger logger, string method, StatusCode code, string detail);

    [LoggerMessage(3, LogLevel.Debug, "The deadline of {Method} passed just after its end.")]
    public static partial void DeadlineAfterEnd(ILogger logger, string method);

    [LoggerMessage(4, LogLevel.Debug, "The client of {Method} is gone.")]
    public static partial void ClientGone(ILogger logger, string method);
}
