using Microsoft.Extensions.Logging;

namespace Kube.RaftStore.Server.Leases;

public sealed partial class LeaseExpirer
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "{Revoked} of {Due} due leases ended")]
    private partial void LogExpired(int revoked, int due);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Due} due leases could not be ended yet: {Reason}")]
    private partial void LogNotExpired(int due, string reason);
}
