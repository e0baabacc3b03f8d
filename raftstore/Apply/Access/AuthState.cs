using System.Collections.Immutable;
using Etcd.V3;
using Google.Protobuf;

namespace Kube.RaftStore.Apply.Access;

/// <summary>Somebody who may use the store.</summary>
/// <param name="Name">His name.</param>
/// <param name="PasswordHash">The bcrypt hash of his password, in its usual text form; empty without one.</param>
/// <param name="Roles">Names of his roles, in order.</param>
/// <param name="HasNoPassword">True for one known by his certificate alone.</param>
public sealed record AuthUser(string Name, ByteString PasswordHash, ImmutableSortedSet<string> Roles, bool HasNoPassword)
{
    /// <summary>True when he may do everything.</summary>
    public bool IsRoot => Roles.Contains(AuthState.RootName);
}

/// <summary>What some users may do.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Permissions">What it permits, ordered by key. The messages are never changed.</param>
public sealed record AuthRole(string Name, ImmutableList<Permission> Permissions);

/// <summary>All users and roles at one moment.</summary>
/// <param name="IsEnabled">Whether anybody is asked who he is.</param>
/// <param name="Revision">Counts the changes, from 1.</param>
/// <param name="Users">Users by name.</param>
/// <param name="Roles">Roles by name.</param>
public sealed record AuthState(
    bool IsEnabled, ulong Revision, ImmutableSortedDictionary<string, AuthUser> Users, ImmutableSortedDictionary<string, AuthRole> Roles)
{
    /// <summary>Name of the user that must be there before authentication is turned on, and of the role that permits everything.</summary>
    public const string RootName = "root";

    /// <summary>Nobody yet.</summary>
    public static readonly AuthState Empty = new(
        false,
        1,
        ImmutableSortedDictionary.Create<string, AuthUser>(StringComparer.Ordinal),
        ImmutableSortedDictionary.Create<string, AuthRole>(StringComparer.Ordinal));

    internal static readonly ImmutableSortedSet<string> NoRoles = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);
}
