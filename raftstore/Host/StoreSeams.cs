using Grpc.Core;
using Kube.RaftStore.Apply;
using Kube.RaftStore.Server;
using Kube.RaftStore.Server.Watches;
using Kube.RaftStore.Storage;

namespace Kube.RaftStore.Host;

/// <summary>
/// The places between a member's parts where another part can be put. A member as it is shipped has nothing there; the
/// test harness puts faulty parts there, to see that it notices them.
/// </summary>
internal sealed record StoreSeams
{
    /// <summary>Nothing between any parts.</summary>
    public static StoreSeams None { get; } = new();

    /// <summary>Between the log's driver and its storage.</summary>
    public Func<ILogStorage, ILogStorage> Storage { get; init; } = static storage => storage;

    /// <summary>Between the log and the state.</summary>
    public Func<IStateMachine, IStateMachine> Machine { get; init; } = static machine => machine;

    /// <summary>Between the services and the log.</summary>
    public Func<IReplicatedLog, IReplicatedLog> Log { get; init; } = static log => log;

    /// <summary>Between clients and the watch service.</summary>
    public Func<WatchService, ServerServiceDefinition> Watch { get; init; } = static watch => watch.Definition;
}
