using Etcd.V3;
using Kube.RaftStore.Lease;
using Kube.Store.V1;

namespace Kube.RaftStore.Apply.Access;

/// <summary>
/// Refuses what the caller of a command may not do. Checked again here, where everything is in order: between
/// asking and applying somebody may have taken a permission back.
/// </summary>
internal sealed class AuthApplier(AuthTable auth, LeaseTable leases, AuthChanges changes, IApplier next) : IApplier
{
    /// <summary>Who asks for the command about to be applied.</summary>
    public Caller Caller { get; set; }

    public object Put(PutRequest request)
        // A lease must be the caller's to revoke before he may hang further keys on it.
        => auth.CheckWrite(Caller, request.Key, Google.Protobuf.ByteString.Empty)
            ?? CheckLease(request.Lease)
            ?? auth.CheckPut(Caller, request)
            ?? next.Put(request);

    public object DeleteRange(DeleteRangeRequest request)
        => auth.CheckWrite(Caller, request.Key, request.RangeEnd) ?? auth.CheckDelete(Caller, request) ?? next.DeleteRange(request);

    public object Txn(TxnRequest request) => auth.CheckTxn(Caller, request) ?? next.Txn(request);

    public object Compact(CompactionRequest request) => next.Compact(request);

    public object GrantLease(LeaseGrantRequest request, LogPosition at) => next.GrantLease(request, at);

    public object RevokeLease(LeaseRevokeRequest request) => CheckLease(request.ID) ?? next.RevokeLease(request);

    public object RenewLeases(LeaseRenewal request, LogPosition at) => next.RenewLeases(request, at);

    public object ExpireLeases(LeaseExpiry request) => next.ExpireLeases(request);

    public object Alarm(AlarmRequest request) => next.Alarm(request);

    public object PublishMember(MemberAttributes request) => next.PublishMember(request);

    public object BootstrapMembers(MemberBootstrap request) => next.BootstrapMembers(request);

    public object ChangeMember(MemberChange request) => next.ChangeMember(request);

    public object ChangeAuth(AuthCommand command, LogPosition at)
        => (command.BodyCase == AuthCommand.BodyOneofCase.LogIn ? null : auth.CheckAdmin(Caller)) ?? changes.Apply(command, at);

    private EtcdError? CheckLease(long id)
        => auth.IsEnabled && id != 0 ? auth.CheckKeys(Caller, leases.KeysOf(id), isWrite: true) : null;
}
