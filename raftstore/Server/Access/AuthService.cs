using System.Security.Cryptography;
using Etcd.V3;
using Google.Protobuf;
using Grpc.Core;
using Kube.RaftStore.Apply;
using Kube.RaftStore.Apply.Access;
using Kube.Store.V1;

namespace Kube.RaftStore.Server.Access;

/// <summary>etcd's Auth service. Changes go through the log; questions are answered by this member once it is up to date.</summary>
public sealed partial class AuthService(StoreServer server) : Auth.AuthBase
{
    private const int TokenPrefixLength = 16;
    private const string TokenLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private AuthState State => server.Machine.Auth.Current;

    public override async Task<AuthStatusResponse> AuthStatus(AuthStatusRequest request, ServerCallContext context)
    {
        await AskAsRootAsync(context);
        return new AuthStatusResponse { Header = server.NewHeader(), Enabled = State.IsEnabled, AuthRevision = State.Revision };
    }

    public override async Task<AuthUserListResponse> UserList(AuthUserListRequest request, ServerCallContext context)
    {
        await AskAsRootAsync(context);
        var response = new AuthUserListResponse { Header = server.NewHeader() };
        response.Users.AddRange(State.Users.Keys);
        return response;
    }

    public override async Task<AuthRoleListResponse> RoleList(AuthRoleListRequest request, ServerCallContext context)
    {
        await AskAsRootAsync(context);
        var response = new AuthRoleListResponse { Header = server.NewHeader() };
        response.Roles.AddRange(State.Roles.Keys);
        return response;
    }

    /// <summary>Users may ask about themselves.</summary>
    public override async Task<AuthUserGetResponse> UserGet(AuthUserGetRequest request, ServerCallContext context)
    {
        await server.ReadBarrierAsync(context.CancellationToken);
        var caller = await server.Access.IdentifyAsync(context);
        var state = State;
        AccessControl.Require(
            (caller.Name == request.Name && caller.AuthRevision != 0 ? null : server.Machine.Auth.CheckAdmin(caller))
            ?? (state.Users.ContainsKey(request.Name) ? null : EtcdError.UserNotFound));
        var response = new AuthUserGetResponse { Header = server.NewHeader() };
        response.Roles.AddRange(state.Users[request.Name].Roles);
        return response;
    }

    /// <summary>Users may ask about the roles they have.</summary>
    public override async Task<AuthRoleGetResponse> RoleGet(AuthRoleGetRequest request, ServerCallContext context)
    {
        await server.ReadBarrierAsync(context.CancellationToken);
        var caller = await server.Access.IdentifyAsync(context);
        var state = State;
        var isOwn = state.Users.TryGetValue(caller.Name, out var user) && user.Roles.Contains(request.Role);
        AccessControl.Require(
            (isOwn ? null : server.Machine.Auth.CheckAdmin(caller))
            ?? (state.Roles.ContainsKey(request.Role) ? null : EtcdError.RoleNotFound));
        var response = new AuthRoleGetResponse { Header = server.NewHeader() };
        response.Perm.AddRange(state.Roles[request.Role].Permissions);
        return response;
    }

    /// <summary>
    /// Checks the password here, where it can take its time, and then has the token given through the log. If users
    /// changed meanwhile the password is checked anew. A signed token needs no log: it says as of which users it was given.
    /// </summary>
    public override async Task<AuthenticateResponse> Authenticate(AuthenticateRequest request, ServerCallContext context)
    {
        await server.ReadBarrierAsync(context.CancellationToken);
        while (true)
        {
            var state = State;
            AccessControl.Require(CheckPassword(state, request));
            if (server.Options.Jwt is { } jwt)
            {
                AccessControl.Require(jwt.CanSign ? null : EtcdError.TokenVerifyOnly);
                return new AuthenticateResponse { Header = server.NewHeader(), Token = jwt.Sign(request.Name, state.Revision) };
            }
            var command = new Command
            {
                Auth = new AuthCommand
                {
                    LogIn = new LogIn { User = request.Name, TokenPrefix = RandomNumberGenerator.GetString(TokenLetters, TokenPrefixLength) },
                },
            };
            var response = await server.ProposeAsync<AuthenticateResponse>(command, context.CancellationToken);
            if (State.Revision == state.Revision)
            {
                server.Fill(response.Header);
                return response;
            }
        }
    }

    private static EtcdError? CheckPassword(AuthState state, AuthenticateRequest request)
        => !state.IsEnabled ? EtcdError.AuthNotEnabled
            : !state.Users.TryGetValue(request.Name, out var user) ? EtcdError.AuthFailed
            : user.HasNoPassword ? EtcdError.PasswordOfNoPasswordUser
            : Bcrypt.Verify(request.Password, user.PasswordHash.ToStringUtf8()) ? null
            : EtcdError.AuthFailed;

    private async ValueTask AskAsRootAsync(ServerCallContext context)
    {
        await server.ReadBarrierAsync(context.CancellationToken);
        await server.Access.RequireAdminAsync(context);
    }
}
