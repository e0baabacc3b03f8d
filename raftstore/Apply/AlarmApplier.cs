using Etcd.V3;
using Kube.Store.V1;

namespace Kube.RaftStore.Apply;

/// <summary>
/// Refuses what the raised alarms forbid: with NOSPACE whatever would grow the store, with CORRUPT everything
/// but the handling of alarms. Deleting and compacting stay possible without space, so that there can be some again.
/// </summary>
internal sealed class AlarmApplier(AlarmTable alarms, IApplier next) : IApplier
{
    public object Put(PutRequest request) => RefuseGrowth() ?? next.Put(request);

    public object DeleteRange(DeleteRangeRequest request) => RefuseCorrupt() ?? next.DeleteRange(request);

    public object Txn(TxnRequest request)
        => RefuseCorrupt() ?? (alarms.IsRaised(AlarmType.Nospace) && HasPut(request) ? EtcdError.NoSpace : next.Txn(request));

    public object Compact(CompactionRequest request) => RefuseCorrupt() ?? next.Compact(request);

    public object GrantLease(LeaseGrantRequest request, LogPosition at) => RefuseGrowth() ?? next.GrantLease(request, at);

    public object RevokeLease(LeaseRevokeRequest request) => RefuseCorrupt() ?? next.RevokeLease(request);

    public object RenewLeases(LeaseRenewal request, LogPosition at) => RefuseCorrupt() ?? next.RenewLeases(request, at);

    public object ExpireLeases(LeaseExpiry request) => RefuseCorrupt() ?? next.ExpireLeases(request);

    public object Alarm(AlarmRequest request) => next.Alarm(request);

    public object PublishMember(MemberAttributes request) => next.PublishMember(request);

    public object BootstrapMembers(MemberBootstrap request) => next.BootstrapMembers(request);

    public object ChangeMember(MemberChange request) => next.ChangeMember(request);

    private EtcdError? RefuseCorrupt() => alarms.IsRaised(AlarmType.Corrupt) ? EtcdError.Corrupt : null;

    private EtcdError? RefuseGrowth()
        => RefuseCorrupt() ?? (alarms.IsRaised(AlarmType.Nospace) ? EtcdError.NoSpace : null);

    private static bool HasPut(TxnRequest request) => HasPut(request.Success) || HasPut(request.Failure);

    private static bool HasPut(IEnumerable<RequestOp> ops)
    {
        foreach (var op in ops)
        {
            if (op.RequestPut is not null || (op.RequestTxn is { } nested && HasPut(nested)))
            {
                return true;
            }
        }
        return false;
    }
}
