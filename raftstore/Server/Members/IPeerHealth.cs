namespace Kube.RaftStore.Server.Members;

/// <summary>How long the other members have been within reach. Thread-safe.</summary>
public interface IPeerHealth
{
    /// <summary>Since when the connection to a member has stood; null while there is none.</summary>
    TimeSpan? ConnectedFor(ulong member);
}
