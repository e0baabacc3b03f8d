using Kube.RaftStore.Server.Access;
using Kube.RaftStore.Server.Concurrency;
using Kube.RaftStore.Server.Kv;
using Kube.RaftStore.Server.Leases;
using Kube.RaftStore.Server.Members;
using Kube.RaftStore.Server.Upkeep;
using Kube.RaftStore.Server.Watches;

namespace Kube.RaftStore.Server.Gateway;

/// <summary>The services behind the gateway.</summary>
public sealed record GatewayServices(
    KvService Kv,
    WatchService Watch,
    LeaseService Leases,
    ClusterService Cluster,
    MaintenanceService Maintenance,
    AuthService Auth,
    LockService Lock,
    ElectionService Election);
