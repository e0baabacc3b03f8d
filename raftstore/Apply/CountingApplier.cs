using Etcd.V3;
using Google.Protobuf.Collections;
using Kube.Store.V1;

namespace Kube.RaftStore.Apply;

/// <summary>Counts what the next applier has done.</summary>
internal sealed class CountingApplier(OperationTotals totals, IApplier next) : IApplier
{
    public object Put(PutRequest request)
    {
        var answer = next.Put(request);
        if (answer is PutResponse)
        {
            totals.OnPut(request.Key.Length + request.Value.Length);
        }
        return answer;
    }

    public object DeleteRange(DeleteRangeRequest request)
    {
        var answer = next.DeleteRange(request);
        if (answer is DeleteRangeResponse)
        {
            totals.OnDelete();
        }
        return answer;
    }

    public object Txn(TxnRequest request)
    {
        var answer = next.Txn(request);
        var response = answer as TxnResponse ?? (answer as TxnAnswer)?.Response;
        if (response is not null && Count(response.Succeeded ? request.Success : request.Failure, response.Responses) > 1)
        {
            totals.OnTxn();
        }
        return answer;
    }

    public object Compact(CompactionRequest request) => next.Compact(request);

    public object GrantLease(LeaseGrantRequest request, LogPosition at)
    {
        var answer = next.GrantLease(request, at);
        if (answer is LeaseGrantResponse)
        {
            totals.OnGrant();
        }
        return answer;
    }

    public object RevokeLease(LeaseRevokeRequest request)
    {
        var answer = next.RevokeLease(request);
        if (answer is LeaseRevokeResponse)
        {
            totals.OnRevoke(1);
        }
        return answer;
    }

    public object RenewLeases(LeaseRenewal request, LogPosition at) => next.RenewLeases(request, at);

    public object ExpireLeases(LeaseExpiry request)
    {
        var answer = next.ExpireLeases(request);
        if (answer is LeaseExpiryResult expired)
        {
            totals.OnRevoke(expired.Revoked);
        }
        return answer;
    }

    public object Alarm(AlarmRequest request) => next.Alarm(request);

    public object PublishMember(MemberAttributes request) => next.PublishMember(request);

    public object BootstrapMembers(MemberBootstrap request) => next.BootstrapMembers(request);

    public object ChangeMember(MemberChange request) => next.ChangeMember(request);

    private int Count(RepeatedField<RequestOp> ops, RepeatedField<ResponseOp> answers)
    {
        var count = 0;
        for (var i = 0; i < ops.Count; i++)
        {
            count++;
            switch (ops[i].RequestCase)
            {
                case RequestOp.RequestOneofCase.RequestPut:
                    totals.OnPut(ops[i].RequestPut.Key.Length + ops[i].RequestPut.Value.Length);
                    break;
                case RequestOp.RequestOneofCase.RequestDeleteRange:
                    totals.OnDelete();
                    break;
                case RequestOp.RequestOneofCase.RequestRange:
                    totals.OnRange();
                    break;
                case RequestOp.RequestOneofCase.RequestTxn:
                    var nested = answers[i].ResponseTxn;
                    count += Count(nested.Succeeded ? ops[i].RequestTxn.Success : ops[i].RequestTxn.Failure, nested.Responses) - 1;
                    break;
            }
        }
        return count;
    }
}
