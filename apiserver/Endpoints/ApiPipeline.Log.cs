using Microsoft.Extensions.Logging;

namespace Kube.ApiServer.Endpoints;

internal sealed partial class ApiPipeline
{
    [LoggerMessage(Level = LogLevel.Error, Message = "Handling {Verb} {Path} failed")]
    private partial void LogPanic(string verb, string path, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "Unable to authenticate the request: {Reason}")]
    private partial void LogUnauthenticated(string reason);
}
