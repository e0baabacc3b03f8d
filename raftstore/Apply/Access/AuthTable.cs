using System.Collections.Concurrent;
using Etcd.V3;
using Google.Protobuf;
using Kube.RaftStore.Mvcc;

namespace Kube.RaftStore.Apply.Access;

/// <summary>
/// Users and roles as the log made them, and what they permit. The applying thread writes; any thread reads.
/// Answers are etcd's errors, null for yes.
/// </summary>
public sealed class AuthTable
{
    private Generation _current = new(AuthState.Empty);

    /// <summary>Users and roles now.</summary>
    public AuthState Current => Volatile.Read(ref _current).State;

    /// <summary>True while callers are asked who they are.</summary>
    public bool IsEnabled => Current.IsEnabled;

    internal void Replace(AuthState state) => Volatile.Write(ref _current, new Generation(state));

    /// <summary>Whether the caller may read a range of keys.</summary>
    public EtcdError? CheckRead(Caller caller, ByteString key, ByteString rangeEnd) => Check(caller, RangeMapping.ToRange(key, rangeEnd), isWrite: false);

    /// <summary>Whether the caller may write a range of keys.</summary>
    public EtcdError? CheckWrite(Caller caller, ByteString key, ByteString rangeEnd) => Check(caller, RangeMapping.ToRange(key, rangeEnd), isWrite: true);

    /// <summary>Whether the caller may do what only root may.</summary>
    public EtcdError? CheckAdmin(Caller caller)
    {
        var state = Current;
        return !state.IsEnabled ? null
            : caller.Name.Length == 0 ? EtcdError.UserEmpty
            : !state.Users.TryGetValue(caller.Name, out var user) ? EtcdError.UserNotFound
            : user.IsRoot ? null
            : EtcdError.PermissionDenied;
    }

    /// <summary>Whether the caller may write or read all of some keys.</summary>
    public EtcdError? CheckKeys(Caller caller, IEnumerable<byte[]> keys, bool isWrite)
    {
        if (CheckAdmin(caller) is null)
        {
            return null;
        }
        foreach (var key in keys)
        {
            if (Check(caller, new KeyRange(key, default), isWrite) is { } error)
            {
                return error;
            }
        }
        return null;
    }

    /// <summary>Whether the caller may do everything in a transaction, whichever branches it takes.</summary>
    public EtcdError? CheckTxn(Caller caller, TxnRequest request)
    {
        if (!IsEnabled)
        {
            return null;
        }
        foreach (var compare in request.Compare)
        {
            if (CheckRead(caller, compare.Key, compare.RangeEnd) is { } error)
            {
                return error;
            }
        }
        return CheckOps(caller, request.Success) ?? CheckOps(caller, request.Failure);
    }

    private EtcdError? CheckOps(Caller caller, IEnumerable<RequestOp> ops)
    {
        foreach (var op in ops)
        {
            var error = op.RequestCase switch
            {
                RequestOp.RequestOneofCase.RequestRange => CheckRead(caller, op.RequestRange.Key, op.RequestRange.RangeEnd),
                RequestOp.RequestOneofCase.RequestPut => CheckPut(caller, op.RequestPut),
                RequestOp.RequestOneofCase.RequestDeleteRange => CheckDelete(caller, op.RequestDeleteRange),
                RequestOp.RequestOneofCase.RequestTxn => CheckTxn(caller, op.RequestTxn),
                _ => null,
            };
            if (error is not null)
            {
                return error;
            }
        }
        return null;
    }

    internal EtcdError? CheckPut(Caller caller, PutRequest request)
        => CheckWrite(caller, request.Key, ByteString.Empty)
            ?? (request.PrevKv ? CheckRead(caller, request.Key, ByteString.Empty) : null);

    internal EtcdError? CheckDelete(Caller caller, DeleteRangeRequest request)
        => (request.PrevKv ? CheckRead(caller, request.Key, request.RangeEnd) : null)
            ?? CheckWrite(caller, request.Key, request.RangeEnd);

    private EtcdError? Check(Caller caller, KeyRange range, bool isWrite)
    {
        var current = Volatile.Read(ref _current);
        var state = current.State;
        if (!state.IsEnabled)
        {
            return null;
        }
        if (caller.AuthRevision == 0)
        {
            return EtcdError.UserEmpty;
        }
        if (caller.AuthRevision < state.Revision)
        {
            // Identified before users or roles changed: whether he may is to be asked anew.
            return EtcdError.AuthOldRevision;
        }
        if (!state.Users.TryGetValue(caller.Name, out var user))
        {
            return EtcdError.PermissionDenied;
        }
        return user.IsRoot || current.PermissionsOf(user).Allow(range, isWrite) ? null : EtcdError.PermissionDenied;
    }

    /// <summary>One state, and what follows from it for the users who were asked about.</summary>
    private sealed class Generation(AuthState state)
    {
        private readonly ConcurrentDictionary<string, UserPermissions> _permissions = new(StringComparer.Ordinal);

        public AuthState State => state;

        public UserPermissions PermissionsOf(AuthUser user)
            => _permissions.GetOrAdd(user.Name, static (_, of) => new UserPermissions(of.State, of.User), (State: state, User: user));
    }

    private sealed class UserPermissions
    {
        private readonly KeyIntervals _readable;
        private readonly KeyIntervals _writable;

        public UserPermissions(AuthState state, AuthUser user)
        {
            var all = user.Roles
                .Select(name => state.Roles.GetValueOrDefault(name))
                .SelectMany(static role => role is null ? [] : role.Permissions.AsEnumerable())
                .ToList();
            _readable = new KeyIntervals(all.Where(static p => p.PermType != Permission.Types.Type.Write).Select(RangeOf));
            _writable = new KeyIntervals(all.Where(static p => p.PermType != Permission.Types.Type.Read).Select(RangeOf));
        }

        public bool Allow(KeyRange range, bool isWrite) => (isWrite ? _writable : _readable).Contains(range);

        private static KeyRange RangeOf(Permission permission) => RangeMapping.ToRange(permission.Key, permission.RangeEnd);
    }
}
