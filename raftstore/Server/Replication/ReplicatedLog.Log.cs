using Microsoft.Extensions.Logging;

namespace Kube.RaftStore.Server.Replication;

public sealed partial class ReplicatedLog
{
    [LoggerMessage(Level = LogLevel.Critical, Message = "member {Member:x} stops: it cannot go on safely")]
    private static partial void LogFailed(ILogger logger, Exception exception, ulong member);

    [LoggerMessage(Level = LogLevel.Information, Message = "member {Member:x} at term {Term} has leader {Leader:x}, role {Role}")]
    private static partial void LogLeader(ILogger logger, ulong member, ulong term, ulong leader, Raft.Role role);

    [LoggerMessage(Level = LogLevel.Information, Message = "member {Member:x} has membership {Membership}")]
    private static partial void LogMembership(ILogger logger, ulong member, Raft.ConfState membership);

    [LoggerMessage(Level = LogLevel.Information, Message = "member {Member:x} took a snapshot at index {Index}, log kept from {First}")]
    private static partial void LogSnapshot(ILogger logger, ulong member, ulong index, ulong first);

    [LoggerMessage(Level = LogLevel.Information, Message = "member {Member:x} installs a snapshot at index {Index}")]
    private static partial void LogInstall(ILogger logger, ulong member, ulong index);

    [LoggerMessage(Level = LogLevel.Error, Message = "member {Member:x} could not take a snapshot at index {Index}; it tries again later")]
    private static partial void LogSnapshotFailed(ILogger logger, Exception exception, ulong member, ulong index);

    [LoggerMessage(Level = LogLevel.Error, Message = "member {Member:x}: {Problem}; proposals are refused until there is space")]
    private static partial void LogFull(ILogger logger, ulong member, string problem);
}
