using Etcd.V3;
using Grpc.Core;
using Kube.RaftStore.Apply;

namespace Kube.RaftStore.Server.Access;

/// <summary>
/// etcd's Auth service of a store with authentication off and no users or roles: what can be asked is answered as
/// etcd would, what would add a user or a role says that it is not built.
/// </summary>
public sealed class AuthService(StoreServer server) : Auth.AuthBase
{
    /// <summary>Revision of an auth store that has never been written to.</summary>
    private const ulong FirstAuthRevision = 1;

    public override Task<AuthStatusResponse> AuthStatus(AuthStatusRequest request, ServerCallContext context)
        => Task.FromResult(new AuthStatusResponse { Header = server.NewHeader(), Enabled = false, AuthRevision = FirstAuthRevision });

    public override Task<AuthEnableResponse> AuthEnable(AuthEnableRequest request, ServerCallContext context)
        => throw StoreServer.Refuse(EtcdError.RootUserNotExist);

    public override Task<AuthDisableResponse> AuthDisable(AuthDisableRequest request, ServerCallContext context)
        => Task.FromResult(new AuthDisableResponse { Header = server.NewHeader() });

    public override Task<AuthenticateResponse> Authenticate(AuthenticateRequest request, ServerCallContext context)
        => throw StoreServer.Refuse(EtcdError.AuthNotEnabled);

    public override Task<AuthUserListResponse> UserList(AuthUserListRequest request, ServerCallContext context)
        => Task.FromResult(new AuthUserListResponse { Header = server.NewHeader() });

    public override Task<AuthRoleListResponse> RoleList(AuthRoleListRequest request, ServerCallContext context)
        => Task.FromResult(new AuthRoleListResponse { Header = server.NewHeader() });

    public override Task<AuthUserGetResponse> UserGet(AuthUserGetRequest request, ServerCallContext context)
        => throw StoreServer.Refuse(EtcdError.UserNotFound);

    public override Task<AuthUserDeleteResponse> UserDelete(AuthUserDeleteRequest request, ServerCallContext context)
        => throw StoreServer.Refuse(EtcdError.UserNotFound);

    public override Task<AuthUserChangePasswordResponse> UserChangePassword(AuthUserChangePasswordRequest request, ServerCallContext context)
        => throw StoreServer.Refuse(EtcdError.UserNotFound);

    public override Task<AuthUserGrantRoleResponse> UserGrantRole(AuthUserGrantRoleRequest request, ServerCallContext context)
        => throw StoreServer.Refuse(EtcdError.UserNotFound);

    public override Task<AuthUserRevokeRoleResponse> UserRevokeRole(AuthUserRevokeRoleRequest request, ServerCallContext context)
        => throw StoreServer.Refuse(EtcdError.UserNotFound);

    public override Task<AuthRoleGetResponse> RoleGet(AuthRoleGetRequest request, ServerCallContext context)
        => throw StoreServer.Refuse(EtcdError.RoleNotFound);

    public override Task<AuthRoleDeleteResponse> RoleDelete(AuthRoleDeleteRequest request, ServerCallContext context)
        => throw StoreServer.Refuse(EtcdError.RoleNotFound);

    public override Task<AuthRoleGrantPermissionResponse> RoleGrantPermission(AuthRoleGrantPermissionRequest request, ServerCallContext context)
        => throw StoreServer.Refuse(EtcdError.RoleNotFound);

    public override Task<AuthRoleRevokePermissionResponse> RoleRevokePermission(AuthRoleRevokePermissionRequest request, ServerCallContext context)
        => throw StoreServer.Refuse(EtcdError.RoleNotFound);

    public override Task<AuthUserAddResponse> UserAdd(AuthUserAddRequest request, ServerCallContext context) => throw NotBuilt("users");

    public override Task<AuthRoleAddResponse> RoleAdd(AuthRoleAddRequest request, ServerCallContext context) => throw NotBuilt("roles");

    private static RpcException NotBuilt(string what)
        => new(new Status(StatusCode.Unimplemented, $"etcdserver: {what} are not supported by this store"));
}
