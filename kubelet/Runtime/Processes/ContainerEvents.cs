using System.Collections.Concurrent;
using System.Threading.Channels;
using Kube.Proto.Cri.V1;

namespace Kube.Kubelet.Runtime.Processes;

/// <summary>
/// Hands each event to every reader. A reader that falls behind by more than <see cref="Capacity"/> loses the oldest;
/// readers list anew from time to time anyway.
/// </summary>
internal sealed class ContainerEvents : IDisposable
{
    public const int Capacity = 4096;

    private readonly ConcurrentDictionary<Channel<ContainerEventResponse>, bool> _readers = new();

    public void Publish(ContainerEventResponse happened)
    {
        foreach (Channel<ContainerEventResponse> reader in _readers.Keys)
        {
            reader.Writer.TryWrite(happened);
        }
    }

    public async IAsyncEnumerable<ContainerEventResponse> ReadAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        Channel<ContainerEventResponse> channel = Channel.CreateBounded<ContainerEventResponse>(
            new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        _readers[channel] = true;
        try
        {
            await foreach (ContainerEventResponse happened in channel.Reader.ReadAllAsync(cancellation))
            {
                yield return happened;
            }
        }
        finally
        {
            _readers.TryRemove(channel, out _);
        }
    }

    public void Dispose()
    {
        foreach (Channel<ContainerEventResponse> reader in _readers.Keys)
        {
            reader.Writer.TryComplete();
        }
    }
}
