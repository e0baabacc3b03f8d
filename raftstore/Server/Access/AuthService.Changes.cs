using System.Text;
using Etcd.V3;
using Grpc.Core;
using Kube.Store.V1;

namespace Kube.RaftStore.Server.Access;

public sealed partial class AuthService
{
    public override async Task<AuthEnableResponse> AuthEnable(AuthEnableRequest request, ServerCallContext context)
    {
        var response = await ChangeAsync<AuthEnableResponse>(new AuthCommand { Enable = request }, context);
        server.Fill(response.Header);
        return response;
    }

    public override async Task<AuthDisableResponse> AuthDisable(AuthDisableRequest request, ServerCallContext context)
    {
        var response = await ChangeAsync<AuthDisableResponse>(new AuthCommand { Disable = request }, context);
        server.Fill(response.Header);
        return response;
    }

    public override async Task<AuthUserAddResponse> UserAdd(AuthUserAddRequest request, ServerCallContext context)
    {
        var change = new AuthUserAddRequest { Name = request.Name, Options = request.Options };
        if (request.Options is not { NoPassword: true })
        {
            change.HashedPassword = HashOf(request.Password);
        }
        var response = await ChangeAsync<AuthUserAddResponse>(new AuthCommand { UserAdd = change }, context);
        server.Fill(response.Header);
        return response;
    }

    public override async Task<AuthUserDeleteResponse> UserDelete(AuthUserDeleteRequest request, ServerCallContext context)
    {
        var response = await ChangeAsync<AuthUserDeleteResponse>(new AuthCommand { UserDelete = request }, context);
        server.Fill(response.Header);
        return response;
    }

    public override async Task<AuthUserChangePasswordResponse> UserChangePassword(AuthUserChangePasswordRequest request, ServerCallContext context)
    {
        var change = new AuthUserChangePasswordRequest
        {
            Name = request.Name,
            HashedPassword = request.Password.Length == 0 ? "" : HashOf(request.Password),
        };
        var response = await ChangeAsync<AuthUserChangePasswordResponse>(
            new AuthCommand { UserChangePassword = change }, context);
        server.Fill(response.Header);
        return response;
    }

    public override async Task<AuthUserGrantRoleResponse> UserGrantRole(AuthUserGrantRoleRequest request, ServerCallContext context)
    {
        var response = await ChangeAsync<AuthUserGrantRoleResponse>(new AuthCommand { UserGrantRole = request }, context);
        server.Fill(response.Header);
        return response;
    }

    public override async Task<AuthUserRevokeRoleResponse> UserRevokeRole(AuthUserRevokeRoleRequest request, ServerCallContext context)
    {
        var response = await ChangeAsync<AuthUserRevokeRoleResponse>(new AuthCommand { UserRevokeRole = request }, context);
        server.Fill(response.Header);
        return response;
    }

    public override async Task<AuthRoleAddResponse> RoleAdd(AuthRoleAddRequest request, ServerCallContext context)
    {
        var response = await ChangeAsync<AuthRoleAddResponse>(new AuthCommand { RoleAdd = request }, context);
        server.Fill(response.Header);
        return response;
    }

    public override async Task<AuthRoleDeleteResponse> RoleDelete(AuthRoleDeleteRequest request, ServerCallContext context)
    {
        var response = await ChangeAsync<AuthRoleDeleteResponse>(new AuthCommand { RoleDelete = request }, context);
        server.Fill(response.Header);
        return response;
    }

    public override async Task<AuthRoleGrantPermissionResponse> RoleGrantPermission(AuthRoleGrantPermissionRequest request, ServerCallContext context)
    {
        var response = await ChangeAsync<AuthRoleGrantPermissionResponse>(
            new AuthCommand { RoleGrantPermission = request }, context);
        server.Fill(response.Header);
        return response;
    }

    public override async Task<AuthRoleRevokePermissionResponse> RoleRevokePermission(AuthRoleRevokePermissionRequest request, ServerCallContext context)
    {
        var response = await ChangeAsync<AuthRoleRevokePermissionResponse>(
            new AuthCommand { RoleRevokePermission = request }, context);
        server.Fill(response.Header);
        return response;
    }

    private ValueTask<T> ChangeAsync<T>(AuthCommand change, ServerCallContext context)
        where T : class
        => server.ProposeAsync<T>(new Command { Auth = change }, context);

    /// <summary>What goes into the log in the place of a password.</summary>
    private string HashOf(string password)
        => Convert.ToBase64String(Encoding.ASCII.GetBytes(Bcrypt.Hash(password, server.Options.BcryptCost)));
}
