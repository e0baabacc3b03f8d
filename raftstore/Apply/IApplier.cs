using Etcd.V3;
using Kube.Store.V1;

namespace Kube.RaftStore.Apply;

/// <summary>Where in the log the command being applied stands.</summary>
public readonly record struct LogPosition(ulong Index, ulong Term);

/// <summary>
/// Applies one kind of command each. Appliers are stacked: an outer one checks or limits and hands on to the next.
/// Each answers with the response message, its header holding the revision alone, or with an <see cref="EtcdError"/>
/// when the state refuses the command, in which case nothing has changed.
/// </summary>
internal interface IApplier
{
    object Put(PutRequest request);

    object DeleteRange(DeleteRangeRequest request);

    object Txn(TxnRequest request);

    object Compact(CompactionRequest request);

    object GrantLease(LeaseGrantRequest request, LogPosition at);

    object RevokeLease(LeaseRevokeRequest request);

    object RenewLeases(LeaseRenewal request, LogPosition at);

    object ExpireLeases(LeaseExpiry request);

    object Alarm(AlarmRequest request);

    object PublishMember(MemberAttributes request);

    object BootstrapMembers(MemberBootstrap request);

    object ChangeMember(MemberChange request);
}
