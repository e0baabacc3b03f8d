using Etcd.V3;
using Google.Protobuf.Collections;
using Kube.RaftStore.Apply;
using Kube.Store.V1;

namespace Kube.RaftStore.Server;

/// <summary>
/// Keeps the store below its quota: a request that would grow it further is refused before it is proposed, and the
/// first such request raises the NOSPACE alarm for the whole cluster.
/// </summary>
public sealed class SpaceQuota(StoreServer server)
{
    /// <summary>Bookkeeping that etcd counts for each key or lease.</summary>
    private const int OverheadBytes = 256;

    /// <exception cref="Grpc.Core.RpcException">There is no room for so many bytes.</exception>
    public async ValueTask CheckAsync(long sizeBytes, CancellationToken cancellationToken)
    {
        if (server.Machine.Store.SizeBytes + sizeBytes + OverheadBytes <= server.Options.QuotaBytes)
        {
            return;
        }
        if (!server.Machine.Alarms.IsRaised(AlarmType.Nospace))
        {
            await server.ProposeAsync<AlarmResponse>(
                new Command
                {
                    Alarm = new AlarmRequest
                    {
                        Action = AlarmRequest.Types.AlarmAction.Activate,
                        MemberID = server.Options.MemberId,
                        Alarm = AlarmType.Nospace,
                    },
                },
                cancellationToken);
        }
        throw StoreServer.Refuse(EtcdError.NoSpace);
    }

    /// <summary>Bytes that the larger branch of a transaction may add.</summary>
    public static long CostOf(TxnRequest request) => Math.Max(CostOf(request.Success), CostOf(request.Failure));

    private static long CostOf(RepeatedField<RequestOp> ops)
    {
        long cost = 0;
        foreach (var op in ops)
        {
            cost += op.RequestCase switch
            {
                RequestOp.RequestOneofCase.RequestPut => OverheadBytes + op.RequestPut.Key.Length + op.RequestPut.Value.Length,
                RequestOp.RequestOneofCase.RequestTxn => CostOf(op.RequestTxn),
                _ => 0,
            };
        }
        return cost;
    }
}
