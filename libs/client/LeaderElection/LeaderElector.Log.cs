using Microsoft.Extensions.Logging;

namespace Kube.Client.LeaderElection;

public sealed partial class LeaderElector
{
    [LoggerMessage(Level = LogLevel.Information, Message = "{Identity} leads by lease {Lease}")]
    private partial void LogBecameLeader(string identity, string lease);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Identity} lost lease {Lease}")]
    private partial void LogLost(string identity, string lease);

    [LoggerMessage(Level = LogLevel.Information, Message = "Lease {Lease} is held by {Leader}")]
    private partial void LogNewLeader(string lease, string leader);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Lease {Lease} could not be taken or renewed: {Reason}")]
    private partial void LogTryFailed(string lease, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Lease {Lease} could not be released: {Reason}")]
    private partial void LogReleaseFailed(string lease, string reason);
}
