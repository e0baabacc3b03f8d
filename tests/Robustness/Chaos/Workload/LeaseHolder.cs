using Etcd.V3;
using Grpc.Core;
using Kube.Robustness.Checking;

namespace Kube.Robustness.Chaos.Workload;

/// <summary>
/// Takes a lease, hangs a key on it and renews it on a stream for a while; then gives it back, or lets it run out.
/// </summary>
internal sealed class LeaseHolder(Session session) : IClient
{
    private const int TtlSeconds = 4;
    private int _taken;

    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            // Ids are chosen here, so that a grant without answer is known by its id.
            var id = ((long)session.Client << 32) + ++_taken;
            var ttl = TimeSpan.FromSeconds(TtlSeconds);
            var granted = await session.DoAsync(
                WorkKind.Lease,
                new LeaseGrantOp(id, ttl),
                async options =>
                {
                    var answer = await new Lease.LeaseClient(session.Channel).LeaseGrantAsync(new LeaseGrantRequest { ID = id, TTL = TtlSeconds }, options);
                    return new LeaseGrantResult(answer.Header.Revision, answer.ID, TimeSpan.FromSeconds(answer.TTL));
                },
                ct);
            if (granted is null)
            {
                await session.PauseAsync(200, ct);
                continue;
            }

            var key = $"{KeySpaceLayout.Leased}{session.Client:D2}";
            await session.PutAsync(new PutOp(key, session.Recorder.Keys.NextValue(session.Client), id), ct);
            await KeepAsync(id, session.Random.Next(1, 12), ct);
            if (session.Random.Chance(0.5))
            {
                await session.DoAsync(
                    WorkKind.Lease,
                    new LeaseRevokeOp(id),
                    async options => new LeaseRevokeResult(
                        (await new Lease.LeaseClient(session.Channel).LeaseRevokeAsync(new LeaseRevokeRequest { ID = id }, options)).Header.Revision),
                    ct);
            }

            // Long enough, now and then, for a lease to run out while it is nobody's.
            await session.PauseAsync(session.Random.Chance(0.5) ? 100 : TtlSeconds * 1000, ct);
        }
    }

    public void Dispose() => session.Dispose();

    /// <summary>Renews on one stream, one at a time, until the stream breaks or it is enough.</summary>
    private async Task KeepAsync(long id, int times, CancellationToken ct)
    {
        try
        {
            using var stream = new Lease.LeaseClient(session.Channel).LeaseKeepAlive(deadline: DateTime.UtcNow + TimeSpan.FromSeconds(30));
            for (var i = 0; i < times && !ct.IsCancellationRequested; i++)
            {
                var renewed = await session.DoAsync(WorkKind.Lease, new LeaseKeepAliveOp(id), _ => RenewAsync(stream, id), ct);
                if (renewed is null || renewed.Ttl == TimeSpan.Zero)
                {
                    return;
                }

                await session.PauseAsync(TtlSeconds * 1000 / 4.0, ct);
            }

            await stream.RequestStream.CompleteAsync();
        }
        catch (RpcException)
        {
            session.Rotate();
        }
    }

    private static async Task<LeaseKeepAliveResult> RenewAsync(
        AsyncDuplexStreamingCall<LeaseKeepAliveRequest, LeaseKeepAliveResponse> stream, long id)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(3));
        await stream.RequestStream.WriteAsync(new LeaseKeepAliveRequest { ID = id }, limit.Token);
        if (!await stream.ResponseStream.MoveNext(limit.Token))
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "the stream ended"));
        }

        var answer = stream.ResponseStream.Current;
        return new LeaseKeepAliveResult(answer.Header.Revision, TimeSpan.FromSeconds(answer.TTL));
    }
}
