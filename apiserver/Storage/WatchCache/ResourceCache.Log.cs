using Microsoft.Extensions.Logging;

namespace Kube.ApiServer.Storage.WatchCache;

internal sealed partial class ResourceCache
{
    [LoggerMessage(Level = LogLevel.Error, Message = "Stored value of {Key} at revision {Revision} is not an object and is left out")]
    private partial void LogUndecodable(string key, long revision, Exception exception);
}
