using Etcd.V3;
using Grpc.Core;
using Kube.RaftStore.Server.Watches;

namespace Kube.Robustness.BrokenStore;

/// <summary>Leaves out one event in some hundreds.</summary>
internal sealed class LossyWatch(WatchService inner)
{
    private const int Period = 300;
    private int _sent;

    public ServerServiceDefinition Definition =>
        ServerServiceDefinition.CreateBuilder().AddMethod(WatchService.Method, WatchAsync).Build();

    private Task WatchAsync(
        IAsyncStreamReader<WatchRequest> requests, IServerStreamWriter<WatchReply> replies, ServerCallContext context) =>
        inner.WatchAsync(requests, new LossyWriter(this, replies), context);

    private sealed class LossyWriter(LossyWatch owner, IServerStreamWriter<WatchReply> inner) : IServerStreamWriter<WatchReply>
    {
        public WriteOptions? WriteOptions
        {
            get => inner.WriteOptions;
            set => inner.WriteOptions = value;
        }

        public Task WriteAsync(WatchReply message) => WriteAsync(message, CancellationToken.None);

        public Task WriteAsync(WatchReply message, CancellationToken cancellationToken)
        {
            var count = message.Events.Count;
            if (count == 0 || Interlocked.Add(ref owner._sent, count) % Period >= count)
            {
                return inner.WriteAsync(message, cancellationToken);
            }

            return count == 1 ? Task.CompletedTask : inner.WriteAsync(new WatchReply(message.Head, [.. message.Events.Skip(1)]), cancellationToken);
        }
    }
}
