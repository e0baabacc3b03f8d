using System.Collections.Immutable;
using Etcd.V3;
using Google.Protobuf;

namespace Kube.RaftStore.Apply.Access;

/// <summary>Users and roles as a part of a snapshot.</summary>
internal static class AuthSnapshot
{
    public static void Write(SnapshotWriter writer, AuthState state)
    {
        writer.WriteByte(state.IsEnabled ? (byte)1 : (byte)0);
        writer.WriteInt64((long)state.Revision);
        writer.WriteInt64(state.Users.Count);
        foreach (var user in state.Users.Values)
        {
            writer.WriteString(user.Name);
            writer.WriteBytes(user.PasswordHash.Span);
            writer.WriteByte(user.HasNoPassword ? (byte)1 : (byte)0);
            writer.WriteInt64(user.Roles.Count);
            foreach (var role in user.Roles)
            {
                writer.WriteString(role);
            }
        }
        writer.WriteInt64(state.Roles.Count);
        foreach (var role in state.Roles.Values)
        {
            writer.WriteString(role.Name);
            writer.WriteInt64(role.Permissions.Count);
            foreach (var permission in role.Permissions)
            {
                writer.WriteInt64((long)permission.PermType);
                writer.WriteBytes(permission.Key.Span);
                writer.WriteBytes(permission.RangeEnd.Span);
            }
        }
    }

    public static AuthState Read(SnapshotReader reader)
    {
        var state = AuthState.Empty with { IsEnabled = reader.ReadByte() != 0, Revision = (ulong)reader.ReadInt64() };
        var users = state.Users.ToBuilder();
        for (var left = reader.ReadCount(); left > 0; left--)
        {
            var name = reader.ReadString();
            var hash = ByteString.CopyFrom(reader.ReadBytes());
            var hasNoPassword = reader.ReadByte() != 0;
            var roles = AuthState.NoRoles.ToBuilder();
            for (var rolesLeft = reader.ReadCount(); rolesLeft > 0; rolesLeft--)
            {
                roles.Add(reader.ReadString());
            }
            users[name] = new AuthUser(name, hash, roles.ToImmutable(), hasNoPassword);
        }
        var all = state.Roles.ToBuilder();
        for (var left = reader.ReadCount(); left > 0; left--)
        {
            var name = reader.ReadString();
            all[name] = new AuthRole(name, ReadPermissions(reader));
        }
        return state with { Users = users.ToImmutable(), Roles = all.ToImmutable() };
    }

    private static ImmutableList<Permission> ReadPermissions(SnapshotReader reader)
    {
        var permissions = ImmutableList.CreateBuilder<Permission>();
        for (var left = reader.ReadCount(); left > 0; left--)
        {
            permissions.Add(new Permission
            {
                PermType = (Permission.Types.Type)reader.ReadInt64(),
                Key = ByteString.CopyFrom(reader.ReadBytes()),
                RangeEnd = ByteString.CopyFrom(reader.ReadBytes()),
            });
        }
        return permissions.ToImmutable();
    }
}
