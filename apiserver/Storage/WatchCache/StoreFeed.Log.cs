using Microsoft.Extensions.Logging;

namespace Kube.ApiServer.Storage.WatchCache;

internal sealed partial class StoreFeed
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "The watch on the store ended, caches are read again: {Reason}")]
    private partial void LogFeedLost(string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The watch on the store was interrupted at revision {Position} and goes on from there: {Reason}")]
    private partial void LogFeedInterrupted(long position, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Reading {Prefix} from the store failed, trying again: {Reason}")]
    private partial void LogFillFailed(string prefix, string reason);
}
