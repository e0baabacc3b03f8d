using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Etcd.V3;
using Grpc.Core;

namespace Kube.RaftStore.Server.Watches;

public sealed partial class WatchService
{
    /// <summary>Responses that wait for a follower in this process.</summary>
    private const int MaxFollowed = 16;

    /// <summary>
    /// Watches on behalf of a call, inside this process. The first response says that the watch stands, or why not.
    /// </summary>
    /// <param name="request">The watch.</param>
    /// <param name="context">Who asks.</param>
    /// <param name="cancellationToken">Ends it.</param>
    internal async IAsyncEnumerable<WatchResponse> FollowAsync(
        WatchCreateRequest request, ServerCallContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var replies = Channel.CreateBounded<WatchReply>(new BoundedChannelOptions(MaxFollowed) { SingleReader = true, SingleWriter = true });
        var stream = new WatchStream(_hub, _server, new ChannelReplies(replies.Writer), create => RefusalAsync(create, context));
        var sending = SendAsync(stream, replies.Writer, ending.Token);
        try
        {
            await stream.ReceiveAsync(new OneRequest(new WatchRequest { CreateRequest = request }), ending.Token);
            await foreach (var reply in replies.Reader.ReadAllAsync(ending.Token))
            {
                yield return reply.ToMessage();
            }
        }
        finally
        {
            stream.Close();
            ending.Cancel();
            await sending;
        }
    }

    private async Task SendAsync(WatchStream stream, ChannelWriter<WatchReply> replies, CancellationToken cancellationToken)
    {
        try
        {
            await stream.SendAsync(_server.Options.WatchProgressNotifyInterval, _time, cancellationToken);
        }
        catch (Exception e)
        {
            // The follower gets it, or has gone.
            replies.TryComplete(e);
        }
    }

    private sealed class ChannelReplies(ChannelWriter<WatchReply> replies) : IServerStreamWriter<WatchReply>
    {
        public WriteOptions? WriteOptions { get; set; }

        public Task WriteAsync(WatchReply message) => replies.WriteAsync(message).AsTask();

        public Task WriteAsync(WatchReply message, CancellationToken cancellationToken) => replies.WriteAsync(message, cancellationToken).AsTask();
    }

    private sealed class OneRequest(WatchRequest request) : IAsyncStreamReader<WatchRequest>
    {
        private bool _isTaken;

        public WatchRequest Current => request;

        public Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            var isFirst = !_isTaken;
            _isTaken = true;
            return Task.FromResult(isFirst);
        }
    }
}
