using Microsoft.Extensions.Logging;

namespace Kube.Client.Informers;

public sealed partial class SharedInformer<T>
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "Listed {Resource}: {Count} objects at {Version}")]
    private partial void LogSynced(string resource, int count, string version);

    [LoggerMessage(Level = LogLevel.Information, Message = "Version {Version} of {Resource} is gone, listing again: {Reason}")]
    private partial void LogVersionGone(string resource, string version, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The {What} of {Resource} failed: {Reason}")]
    private partial void LogWatchFailed(string resource, string what, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "A handler of {Resource} failed")]
    private partial void LogHandlerFailed(string resource, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "The informer of {Resource} failed")]
    private partial void LogFailed(string resource, Exception exception);
}
