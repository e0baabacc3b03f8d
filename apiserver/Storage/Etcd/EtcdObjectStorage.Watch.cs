using System.Runtime.CompilerServices;
using Etcd.V3;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Kube.ApiServer.Storage.Etcd;

public sealed partial class EtcdObjectStorage
{
    private static readonly ByteString WholeKeySpace = ByteString.CopyFrom(0);

    /// <inheritdoc/>
    /// <remarks>
    /// The watch is on the whole key space, and changes outside the prefix are left out of the batches: so every
    /// revision of the store moves the watch on, and a reader that waits for a revision needs no progress request.
    /// </remarks>
    public async IAsyncEnumerable<StorageEventBatch> WatchAsync(
        string prefix, long fromRevision, bool withPrevious, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var next = fromRevision;
        for (var failures = 0; ; failures++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var member = _members.Current;
            var stream = new WatchStream(member, next, withPrevious, cancellationToken);
            await using (stream.ConfigureAwait(false))
            {
                while (await ReadAsync(stream, member, cancellationToken).ConfigureAwait(false) is { } response)
                {
                    failures = 0;
                    if (ToBatch(response, prefix, next) is { } batch)
                    {
                        next = batch.Revision + 1;
                        yield return batch;
                    }
                }
            }

            await PauseAsync(failures, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public Task RequestProgressAsync(CancellationToken cancellationToken)
    {
        Interlocked.Exchange(ref _progressWanted, NewSignal()).TrySetResult();
        return Task.CompletedTask;
    }

    /// <summary>The next response, or null when the stream is broken and another member is to be tried.</summary>
    private async Task<WatchResponse?> ReadAsync(WatchStream stream, EtcdMember member, CancellationToken cancellationToken)
    {
        try
        {
            var wanted = Volatile.Read(ref _progressWanted).Task;
            var reading = stream.ReadAsync();
            if (await Task.WhenAny(reading, wanted).ConfigureAwait(false) != reading)
            {
                await stream.RequestProgressAsync().ConfigureAwait(false);
                await AnswersAsync(reading, cancellationToken).ConfigureAwait(false);
            }

            return await reading.ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is RpcException or IOException or InvalidOperationException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (exception is RpcException rpc && !EtcdErrors.IsTransient(rpc))
            {
                throw EtcdErrors.Translate(rpc, 0, 0);
            }

            LogWatchBroken(member.Address, exception.Message);
            _members.Failed(member, exception.Message);
            return null;
        }
    }

    /// <summary>Waits for what a member that was asked for progress says.</summary>
    /// <exception cref="RpcException">It is silent: it hangs or is cut off from the others.</exception>
    private async Task AnswersAsync(Task reading, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var finished = await Task.WhenAny(reading, Task.Delay(_options.ReadTimeout, _time, limit.Token)).ConfigureAwait(false);
        await limit.CancelAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        if (finished != reading)
        {
            throw new RpcException(new Status(StatusCode.DeadlineExceeded, "no progress on the watch"));
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static StorageEventBatch? ToBatch(WatchResponse response, string prefix, long next)
    {
        if (response.Canceled)
        {
            throw response.CompactRevision > 0
                ? new StorageCompactedException(response.CompactRevision)
                : new StorageException("the store ended the watch: " + response.CancelReason);
        }

        if (response.Events.Count == 0)
        {
            // Confirmation of the watch, or progress.
            return !response.Created && response.Header.Revision >= next ? new StorageEventBatch(response.Header.Revision, []) : null;
        }

        var events = new List<StorageEvent>(response.Events.Count);
        foreach (var change in response.Events)
        {
            var key = change.Kv.Key.ToStringUtf8();
            if (key.StartsWith(prefix, StringComparison.Ordinal))
            {
                events.Add(new StorageEvent(
                    key,
                    change.Type == Event.Types.EventType.Put ? change.Kv.Value.Memory : (ReadOnlyMemory<byte>?)null,
                    change.Kv.ModRevision,
                    change.PrevKv is { } previous ? ToObject(previous) : null));
            }
        }

        return new StorageEventBatch(response.Events[^1].Kv.ModRevision, events);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Watch on store member {Member} broke: {Reason}")]
    private partial void LogWatchBroken(Uri member, string reason);

    /// <summary>One watch call on one member.</summary>
    private sealed class WatchStream : IAsyncDisposable
    {
        private readonly AsyncDuplexStreamingCall<WatchRequest, WatchResponse> _call;
        private readonly WatchCreateRequest _create;
        private readonly CancellationTokenSource _cancel;
        private bool _begun;

        public WatchStream(EtcdMember member, long fromRevision, bool withPrevious, CancellationToken cancellationToken)
        {
            _cancel = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            // hasleader: a member that loses its leader ends the stream instead of going silent.
            _call = member.Watch.Watch(new CallOptions(new Metadata { { "hasleader", "true" } }, cancellationToken: _cancel.Token));
            _create = new WatchCreateRequest
            {
                Key = WholeKeySpace,
                RangeEnd = WholeKeySpace,
                StartRevision = fromRevision,
                PrevKv = withPrevious,
                ProgressNotify = true,
            };
        }

        public async Task<WatchResponse> ReadAsync()
        {
            if (!_begun)
            {
                _begun = true;
                await _call.RequestStream.WriteAsync(new WatchRequest { CreateRequest = _create }).ConfigureAwait(false);
            }

            return await _call.ResponseStream.MoveNext(_cancel.Token).ConfigureAwait(false)
                ? _call.ResponseStream.Current
                : throw new RpcException(new Status(StatusCode.Unavailable, "the member ended the watch"));
        }

        public Task RequestProgressAsync() => _call.RequestStream.WriteAsync(new WatchRequest { ProgressRequest = new WatchProgressRequest() });

        public async ValueTask DisposeAsync()
        {
            await _cancel.CancelAsync().ConfigureAwait(false);
            _call.Dispose();
            _cancel.Dispose();
        }
    }
}
