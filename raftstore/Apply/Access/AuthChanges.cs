using System.Globalization;
using Etcd.V3;
using Google.Protobuf;
using Kube.Base;
using Kube.RaftStore.Mvcc;
using Kube.Store.V1;

namespace Kube.RaftStore.Apply.Access;

/// <summary>Changes users and roles, with etcd's checks and answers. On the applying thread.</summary>
/// <param name="table">What is changed.</param>
/// <param name="store">For the revision in the answers' headers.</param>
/// <param name="tokensChanged">Told what happens to tokens.</param>
internal sealed class AuthChanges(AuthTable table, MvccStore store, Action<TokenChange> tokensChanged)
{
    public object Apply(AuthCommand command, LogPosition at) => command.BodyCase switch
    {
        AuthCommand.BodyOneofCase.Enable => Enable(),
        AuthCommand.BodyOneofCase.Disable => Disable(),
        AuthCommand.BodyOneofCase.LogIn => LogIn(command.LogIn, at),
        AuthCommand.BodyOneofCase.UserAdd => AddUser(command.UserAdd),
        AuthCommand.BodyOneofCase.UserDelete => DeleteUser(command.UserDelete),
        AuthCommand.BodyOneofCase.UserChangePassword => ChangePassword(command.UserChangePassword),
        AuthCommand.BodyOneofCase.UserGrantRole => GrantRole(command.UserGrantRole),
        AuthCommand.BodyOneofCase.UserRevokeRole => RevokeRole(command.UserRevokeRole),
        AuthCommand.BodyOneofCase.RoleAdd => AddRole(command.RoleAdd),
        AuthCommand.BodyOneofCase.RoleDelete => DeleteRole(command.RoleDelete),
        AuthCommand.BodyOneofCase.RoleGrantPermission => GrantPermission(command.RoleGrantPermission),
        AuthCommand.BodyOneofCase.RoleRevokePermission => RevokePermission(command.RoleRevokePermission),
        _ => throw new InvariantException($"entry {at.Index} holds a change of users that this version does not know"),
    };

    private AuthState State => table.Current;

    private object Enable()
    {
        var response = new AuthEnableResponse { Header = Header() };
        if (State.IsEnabled)
        {
            return response;
        }
        if (!State.Users.TryGetValue(AuthState.RootName, out var root))
        {
            return EtcdError.RootUserNotExist;
        }
        if (!root.IsRoot)
        {
            return EtcdError.RootRoleNotExist;
        }
        table.Replace(State with { IsEnabled = true });
        return response;
    }

    private AuthDisableResponse Disable()
    {
        if (State.IsEnabled)
        {
            Commit(State with { IsEnabled = false });
            tokensChanged(new TokenChange(null, null));
        }
        return new AuthDisableResponse { Header = Header() };
    }

    private object LogIn(LogIn request, LogPosition at)
    {
        if (!State.IsEnabled)
        {
            return EtcdError.AuthNotEnabled;
        }
        if (!State.Users.TryGetValue(request.User, out var user) || user.HasNoPassword)
        {
            return EtcdError.AuthFailed;
        }
        var token = string.Create(CultureInfo.InvariantCulture, $"{request.TokenPrefix}.{at.Index}");
        tokensChanged(new TokenChange(request.User, token));
        return new AuthenticateResponse { Header = Header(), Token = token };
    }

    private object AddUser(AuthUserAddRequest request)
    {
        if (request.Name.Length == 0)
        {
            return EtcdError.UserEmpty;
        }
        if (State.Users.ContainsKey(request.Name))
        {
            return EtcdError.UserAlreadyExists;
        }
        var hasNoPassword = request.Options is { NoPassword: true };
        var hash = hasNoPassword ? ByteString.Empty : ByteString.FromBase64(request.HashedPassword);
        Commit(new AuthUser(request.Name, hash, AuthState.NoRoles, hasNoPassword));
        return new AuthUserAddResponse { Header = Header() };
    }

    private object DeleteUser(AuthUserDeleteRequest request)
    {
        if (State.IsEnabled && request.Name == AuthState.RootName)
        {
            return EtcdError.InvalidAuthManagement;
        }
        if (!State.Users.ContainsKey(request.Name))
        {
            return EtcdError.UserNotFound;
        }
        Commit(State with { Users = State.Users.Remove(request.Name) });
        tokensChanged(new TokenChange(request.Name, null));
        return new AuthUserDeleteResponse { Header = Header() };
    }

    private object ChangePassword(AuthUserChangePasswordRequest request)
    {
        if (!State.Users.TryGetValue(request.Name, out var user))
        {
            return EtcdError.UserNotFound;
        }
        Commit(user with { PasswordHash = user.HasNoPassword ? ByteString.Empty : ByteString.FromBase64(request.HashedPassword) });
        tokensChanged(new TokenChange(request.Name, null));
        return new AuthUserChangePasswordResponse { Header = Header() };
    }

    private object GrantRole(AuthUserGrantRoleRequest request)
    {
        if (!State.Users.TryGetValue(request.User, out var user))
        {
            return EtcdError.UserNotFound;
        }
        if (request.Role != AuthState.RootName && !State.Roles.ContainsKey(request.Role))
        {
            return EtcdError.RoleNotFound;
        }
        if (!user.Roles.Contains(request.Role))
        {
            Commit(user with { Roles = user.Roles.Add(request.Role) });
        }
        return new AuthUserGrantRoleResponse { Header = Header() };
    }

    private object RevokeRole(AuthUserRevokeRoleRequest request)
    {
        if (State.IsEnabled && request.Name == AuthState.RootName && request.Role == AuthState.RootName)
        {
            return EtcdError.InvalidAuthManagement;
        }
        if (!State.Users.TryGetValue(request.Name, out var user))
        {
            return EtcdError.UserNotFound;
        }
        if (!user.Roles.Contains(request.Role))
        {
            return EtcdError.RoleNotGranted;
        }
        Commit(user with { Roles = user.Roles.Remove(request.Role) });
        return new AuthUserRevokeRoleResponse { Header = Header() };
    }

    private object AddRole(AuthRoleAddRequest request)
    {
        if (request.Name.Length == 0)
        {
            return EtcdError.RoleEmpty;
        }
        if (State.Roles.ContainsKey(request.Name))
        {
            return EtcdError.RoleAlreadyExists;
        }
        Commit(new AuthRole(request.Name, []));
        return new AuthRoleAddResponse { Header = Header() };
    }

    private object DeleteRole(AuthRoleDeleteRequest request)
    {
        if (State.IsEnabled && request.Role == AuthState.RootName)
        {
            return EtcdError.InvalidAuthManagement;
        }
        if (!State.Roles.ContainsKey(request.Role))
        {
            return EtcdError.RoleNotFound;
        }
        var users = State.Users;
        foreach (var user in State.Users.Values.Where(user => user.Roles.Contains(request.Role)))
        {
            users = users.SetItem(user.Name, user with { Roles = user.Roles.Remove(request.Role) });
        }
        Commit(State with { Roles = State.Roles.Remove(request.Role), Users = users });
        return new AuthRoleDeleteResponse { Header = Header() };
    }

    private object GrantPermission(AuthRoleGrantPermissionRequest request)
    {
        if (request.Perm is not { } permission)
        {
            return EtcdError.PermissionNotGiven;
        }
        if (permission.Key.IsEmpty || RangeMapping.ToRange(permission.Key, permission.RangeEnd).IsEmpty)
        {
            return EtcdError.InvalidAuthManagement;
        }
        if (!State.Roles.TryGetValue(request.Name, out var role))
        {
            return EtcdError.RoleNotFound;
        }
        var kept = role.Permissions.RemoveAll(other => IsSameRange(other, permission.Key, permission.RangeEnd));
        var place = kept.FindIndex(other => other.Key.Span.SequenceCompareTo(permission.Key.Span) > 0);
        Commit(role with { Permissions = kept.Insert(place < 0 ? kept.Count : place, permission.Clone()) });
        return new AuthRoleGrantPermissionResponse { Header = Header() };
    }

    private object RevokePermission(AuthRoleRevokePermissionRequest request)
    {
        if (!State.Roles.TryGetValue(request.Role, out var role))
        {
            return EtcdError.RoleNotFound;
        }
        var left = role.Permissions.RemoveAll(permission => IsSameRange(permission, request.Key, request.RangeEnd));
        if (left.Count == role.Permissions.Count)
        {
            return EtcdError.PermissionNotGranted;
        }
        Commit(role with { Permissions = left });
        return new AuthRoleRevokePermissionResponse { Header = Header() };
    }

    private static bool IsSameRange(Permission permission, ByteString key, ByteString rangeEnd)
        => permission.Key.Equals(key) && permission.RangeEnd.Equals(rangeEnd);

    private void Commit(AuthUser user) => Commit(State with { Users = State.Users.SetItem(user.Name, user) });

    private void Commit(AuthRole role) => Commit(State with { Roles = State.Roles.SetItem(role.Name, role) });

    private void Commit(AuthState state) => table.Replace(state with { Revision = state.Revision + 1 });

    private ResponseHeader Header() => new() { Revision = store.CurrentRevision };
}
