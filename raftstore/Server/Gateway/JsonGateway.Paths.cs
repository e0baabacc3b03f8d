using Etcd.V3;

namespace Kube.RaftStore.Server.Gateway;

public sealed partial class JsonGateway
{
    private void MapKv(GatewayServices to)
    {
        Unary("/v3/kv/range", RangeRequest.Parser, to.Kv.Range);
        Unary("/v3/kv/put", PutRequest.Parser, to.Kv.Put);
        Unary("/v3/kv/deleterange", DeleteRangeRequest.Parser, to.Kv.DeleteRange);
        Unary("/v3/kv/txn", TxnRequest.Parser, to.Kv.Txn);
        Unary("/v3/kv/compaction", CompactionRequest.Parser, to.Kv.Compact);
    }

    private void MapLeases(GatewayServices to)
    {
        Unary("/v3/lease/grant", LeaseGrantRequest.Parser, to.Leases.LeaseGrant);
        foreach (var prefix in new[] { "/v3/lease", "/v3/kv/lease" })
        {
            Unary(prefix + "/revoke", LeaseRevokeRequest.Parser, to.Leases.LeaseRevoke);
            Unary(prefix + "/timetolive", LeaseTimeToLiveRequest.Parser, to.Leases.LeaseTimeToLive);
            Unary(prefix + "/leases", LeaseLeasesRequest.Parser, to.Leases.LeaseLeases);
        }
        Duplex<LeaseKeepAliveRequest, LeaseKeepAliveResponse>(
            "/v3/lease/keepalive", LeaseKeepAliveRequest.Parser, static response => response, to.Leases.LeaseKeepAlive);
    }

    private void MapCluster(GatewayServices to)
    {
        Unary("/v3/cluster/member/add", MemberAddRequest.Parser, to.Cluster.MemberAdd);
        Unary("/v3/cluster/member/remove", MemberRemoveRequest.Parser, to.Cluster.MemberRemove);
        Unary("/v3/cluster/member/update", MemberUpdateRequest.Parser, to.Cluster.MemberUpdate);
        Unary("/v3/cluster/member/list", MemberListRequest.Parser, to.Cluster.MemberList);
        Unary("/v3/cluster/member/promote", MemberPromoteRequest.Parser, to.Cluster.MemberPromote);
        Unary("/v3/maintenance/alarm", AlarmRequest.Parser, to.Maintenance.Alarm);
        Unary("/v3/maintenance/status", StatusRequest.Parser, to.Maintenance.Status);
        Unary("/v3/maintenance/defragment", DefragmentRequest.Parser, to.Maintenance.Defragment);
        Unary("/v3/maintenance/hash", HashRequest.Parser, to.Maintenance.Hash);
        Unary("/v3/maintenance/hashkv", HashKVRequest.Parser, to.Maintenance.HashKV);
        Unary("/v3/maintenance/transfer-leadership", MoveLeaderRequest.Parser, to.Maintenance.MoveLeader);
        Unary("/v3/maintenance/downgrade", DowngradeRequest.Parser, to.Maintenance.Downgrade);
        ServerStream<SnapshotRequest, SnapshotResponse>("/v3/maintenance/snapshot", SnapshotRequest.Parser, to.Maintenance.Snapshot);
    }

    private void MapAuth(GatewayServices to)
    {
        Unary("/v3/auth/enable", AuthEnableRequest.Parser, to.Auth.AuthEnable);
        Unary("/v3/auth/disable", AuthDisableRequest.Parser, to.Auth.AuthDisable);
        Unary("/v3/auth/status", AuthStatusRequest.Parser, to.Auth.AuthStatus);
        Unary("/v3/auth/authenticate", AuthenticateRequest.Parser, to.Auth.Authenticate);
        Unary("/v3/auth/user/add", AuthUserAddRequest.Parser, to.Auth.UserAdd);
        Unary("/v3/auth/user/get", AuthUserGetRequest.Parser, to.Auth.UserGet);
        Unary("/v3/auth/user/list", AuthUserListRequest.Parser, to.Auth.UserList);
        Unary("/v3/auth/user/delete", AuthUserDeleteRequest.Parser, to.Auth.UserDelete);
        Unary("/v3/auth/user/changepw", AuthUserChangePasswordRequest.Parser, to.Auth.UserChangePassword);
        Unary("/v3/auth/user/grant", AuthUserGrantRoleRequest.Parser, to.Auth.UserGrantRole);
        Unary("/v3/auth/user/revoke", AuthUserRevokeRoleRequest.Parser, to.Auth.UserRevokeRole);
        Unary("/v3/auth/role/add", AuthRoleAddRequest.Parser, to.Auth.RoleAdd);
        Unary("/v3/auth/role/get", AuthRoleGetRequest.Parser, to.Auth.RoleGet);
        Unary("/v3/auth/role/list", AuthRoleListRequest.Parser, to.Auth.RoleList);
        Unary("/v3/auth/role/delete", AuthRoleDeleteRequest.Parser, to.Auth.RoleDelete);
        Unary("/v3/auth/role/grant", AuthRoleGrantPermissionRequest.Parser, to.Auth.RoleGrantPermission);
        Unary("/v3/auth/role/revoke", AuthRoleRevokePermissionRequest.Parser, to.Auth.RoleRevokePermission);
    }

    private void MapConcurrency(GatewayServices to)
    {
        Unary("/v3/lock/lock", LockRequest.Parser, to.Lock.Lock);
        Unary("/v3/lock/unlock", UnlockRequest.Parser, to.Lock.Unlock);
        Unary("/v3/election/campaign", CampaignRequest.Parser, to.Election.Campaign);
        Unary("/v3/election/proclaim", ProclaimRequest.Parser, to.Election.Proclaim);
        Unary("/v3/election/leader", LeaderRequest.Parser, to.Election.Leader);
        Unary("/v3/election/resign", ResignRequest.Parser, to.Election.Resign);
        ServerStream<LeaderRequest, LeaderResponse>("/v3/election/observe", LeaderRequest.Parser, to.Election.Observe);
    }
}
