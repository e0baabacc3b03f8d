using Grpc.Core;

namespace Kube.RaftStore.Apply;

/// <summary>
/// A request that was refused, with the code and the text that etcd 3.5 gives (api/v3rpc/rpctypes). Clients match on both.
/// </summary>
public sealed class EtcdError
{
    private EtcdError(StatusCode code, string text)
    {
        Code = code;
        Text = code == StatusCode.Unknown ? text : "etcdserver: " + text;
    }

    public StatusCode Code { get; }

    public string Text { get; }

    public static readonly EtcdError EmptyKey = new(StatusCode.InvalidArgument, "key is not provided");
    public static readonly EtcdError KeyNotFound = new(StatusCode.InvalidArgument, "key not found");
    public static readonly EtcdError ValueProvided = new(StatusCode.InvalidArgument, "value is provided");
    public static readonly EtcdError LeaseProvided = new(StatusCode.InvalidArgument, "lease is provided");
    public static readonly EtcdError TooManyOps = new(StatusCode.InvalidArgument, "too many operations in txn request");
    public static readonly EtcdError DuplicateKey = new(StatusCode.InvalidArgument, "duplicate key given in txn request");
    public static readonly EtcdError Compacted = new(StatusCode.OutOfRange, "mvcc: required revision has been compacted");
    public static readonly EtcdError FutureRevision = new(StatusCode.OutOfRange, "mvcc: required revision is a future revision");
    public static readonly EtcdError NoSpace = new(StatusCode.ResourceExhausted, "mvcc: database space exceeded");
    public static readonly EtcdError LeaseNotFound = new(StatusCode.NotFound, "requested lease not found");
    public static readonly EtcdError LeaseExists = new(StatusCode.FailedPrecondition, "lease already exists");
    public static readonly EtcdError LeaseTtlTooLarge = new(StatusCode.OutOfRange, "too large lease TTL");
    public static readonly EtcdError WatchCanceled = new(StatusCode.Cancelled, "watch canceled");
    public static readonly EtcdError RequestTooLarge = new(StatusCode.InvalidArgument, "request is too large");
    public static readonly EtcdError TooManyRequests = new(StatusCode.ResourceExhausted, "too many requests");
    public static readonly EtcdError NoInflightDowngrade = new(StatusCode.FailedPrecondition, "no inflight downgrade job");
    public static readonly EtcdError WrongDowngradeVersionFormat = new(StatusCode.InvalidArgument, "wrong downgrade target version format");
    public static readonly EtcdError InvalidDowngradeTargetVersion = new(StatusCode.InvalidArgument, "invalid downgrade target version");
    public static readonly EtcdError AuthNotEnabled = new(StatusCode.FailedPrecondition, "authentication is not enabled");
    public static readonly EtcdError RootUserNotExist = new(StatusCode.FailedPrecondition, "root user does not exist");
    public static readonly EtcdError RootRoleNotExist = new(StatusCode.FailedPrecondition, "root user does not have root role");
    public static readonly EtcdError UserAlreadyExists = new(StatusCode.FailedPrecondition, "user name already exists");
    public static readonly EtcdError UserEmpty = new(StatusCode.InvalidArgument, "user name is empty");
    public static readonly EtcdError UserNotFound = new(StatusCode.FailedPrecondition, "user name not found");
    public static readonly EtcdError RoleNotFound = new(StatusCode.FailedPrecondition, "role name not found");
    public static readonly EtcdError RoleAlreadyExists = new(StatusCode.FailedPrecondition, "role name already exists");
    public static readonly EtcdError RoleEmpty = new(StatusCode.InvalidArgument, "role name is empty");
    public static readonly EtcdError AuthFailed = new(StatusCode.InvalidArgument, "authentication failed, invalid user ID or password");

    /// <summary>etcd has given this one no code of its own.</summary>
    public static readonly EtcdError PasswordOfNoPasswordUser = new(
        StatusCode.Unknown, "auth: authentication failed, password was given for no password user");

    /// <summary>Nor this one.</summary>
    public static readonly EtcdError TokenVerifyOnly = new(StatusCode.Unknown, "auth: token signing attempted with verify-only key");

    public static readonly EtcdError PermissionNotGiven = new(StatusCode.InvalidArgument, "permission not given");
    public static readonly EtcdError PermissionDenied = new(StatusCode.PermissionDenied, "permission denied");
    public static readonly EtcdError RoleNotGranted = new(StatusCode.FailedPrecondition, "role is not granted to the user");
    public static readonly EtcdError PermissionNotGranted = new(StatusCode.FailedPrecondition, "permission is not granted to the role");
    public static readonly EtcdError InvalidAuthToken = new(StatusCode.Unauthenticated, "invalid auth token");
    public static readonly EtcdError InvalidAuthManagement = new(StatusCode.InvalidArgument, "invalid auth management");
    public static readonly EtcdError AuthOldRevision = new(StatusCode.InvalidArgument, "revision of auth store is old");
    public static readonly EtcdError MemberNotFound = new(StatusCode.NotFound, "member not found");
    public static readonly EtcdError MemberExists = new(StatusCode.FailedPrecondition, "member ID already exist");
    public static readonly EtcdError PeerUrlExists = new(StatusCode.FailedPrecondition, "Peer URLs already exists");
    public static readonly EtcdError BadMemberUrls = new(StatusCode.InvalidArgument, "given member URLs are invalid");
    public static readonly EtcdError NotEnoughStartedMembers =
        new(StatusCode.FailedPrecondition, "re-configuration failed due to not enough started members");

    public static readonly EtcdError MemberNotLearner = new(StatusCode.FailedPrecondition, "can only promote a learner member");
    public static readonly EtcdError LearnerNotReady =
        new(StatusCode.FailedPrecondition, "can only promote a learner member which is in sync with leader");

    public static readonly EtcdError TooManyLearners = new(StatusCode.FailedPrecondition, "too many learner members in cluster");
    public static readonly EtcdError Unhealthy = new(StatusCode.Unavailable, "unhealthy cluster");
    public static readonly EtcdError NotForLearner = new(StatusCode.Unavailable, "rpc not supported for learner");
    public static readonly EtcdError NotLeader = new(StatusCode.FailedPrecondition, "not leader");
    public static readonly EtcdError BadTransferee = new(StatusCode.FailedPrecondition, "bad leader transferee");
    public static readonly EtcdError TransferTimeout = new(StatusCode.Unknown, "request timed out, leader transfer took too long");
    public static readonly EtcdError NoLeader = new(StatusCode.Unavailable, "no leader");
    public static readonly EtcdError LeaderChanged = new(StatusCode.Unavailable, "leader changed");
    public static readonly EtcdError Stopped = new(StatusCode.Unavailable, "server stopped");
    public static readonly EtcdError Timeout = new(StatusCode.Unavailable, "request timed out");
    public static readonly EtcdError TimeoutByLeaderFailure = new(StatusCode.Unavailable, "request timed out, possibly due to previous leader failure");
    public static readonly EtcdError Corrupt = new(StatusCode.DataLoss, "corrupt cluster");

    /// <summary>The refusal of a revision that cannot be read.</summary>
    public static EtcdError For(Mvcc.RevisionStatus status) => status == Mvcc.RevisionStatus.Compacted ? Compacted : FutureRevision;
}
