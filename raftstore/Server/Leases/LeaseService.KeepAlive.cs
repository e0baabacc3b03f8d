using System.Threading.Channels;
using Etcd.V3;
using Grpc.Core;

namespace Kube.RaftStore.Server.Leases;

public sealed partial class LeaseService
{
    /// <summary>Renewals of one stream on their way at the same time; the client waits when there are more.</summary>
    private const int MaxPipelined = 1024;

    /// <summary>
    /// Answers each renewal in the order they came. Reading goes on while earlier ones are committed, so that a
    /// client with many leases on one stream does not wait a round trip for each.
    /// </summary>
    public override async Task LeaseKeepAlive(
        IAsyncStreamReader<LeaseKeepAliveRequest> requestStream,
        IServerStreamWriter<LeaseKeepAliveResponse> responseStream,
        ServerCallContext context)
    {
        server.RefuseOnLearner();
        server.CheckLeader(context);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        var pipeline = Channel.CreateBounded<(long Id, Task<long> Ttl)>(
            new BoundedChannelOptions(MaxPipelined) { SingleReader = true, SingleWriter = true });
        var reading = ReadAsync(requestStream, pipeline.Writer, ending.Token);
        try
        {
            while (await pipeline.Reader.WaitToReadAsync(ending.Token))
            {
                while (pipeline.Reader.TryRead(out var renewal))
                {
                    var seconds = await renewal.Ttl.WaitAsync(ending.Token);
                    var response = new LeaseKeepAliveResponse { Header = server.NewHeader(), ID = renewal.Id, TTL = seconds };
                    await responseStream.WriteAsync(response, ending.Token);
                }
            }
        }
        finally
        {
            ending.Cancel();
            await reading.ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
        }
        await reading;
    }

    private async Task ReadAsync(
        IAsyncStreamReader<LeaseKeepAliveRequest> requests, ChannelWriter<(long, Task<long>)> pipeline, CancellationToken cancellationToken)
    {
        try
        {
            while (await requests.MoveNext(cancellationToken))
            {
                var id = requests.Current.ID;
                await pipeline.WriteAsync((id, renewals.RenewAsync(id)), cancellationToken);
            }
            pipeline.Complete();
        }
        catch (Exception e)
        {
            pipeline.Complete(e);
        }
    }
}
