using Etcd.V3;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Kube.ApiServer.Storage.Etcd;

/// <summary>
/// The replicated store, spoken to in etcd's v3 protocol. Calls that fail on one member are made again on the next,
/// within a bound. That is safe for writes too, since every write here is conditional on the revision of what it
/// replaces: the same write arriving twice happens once, and one that finds its own bytes in place has happened.
/// </summary>
public sealed partial class EtcdObjectStorage : IObjectStorage
{
    private const long MaxLeasedObjects = 1_000;

    private readonly EtcdMembers _members;
    private readonly EtcdStorageOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<EtcdObjectStorage> _logger;
    private readonly EtcdLeases _leases;
    private TaskCompletionSource _progressWanted = NewSignal();

    public EtcdObjectStorage(EtcdStorageOptions options, TimeProvider time, ILoggerFactory loggers)
    {
        _options = options;
        _time = time;
        _logger = loggers.CreateLogger<EtcdObjectStorage>();
        _members = new EtcdMembers(options.Endpoints, options.CreateHandler, time, loggers.CreateLogger<EtcdMembers>());
        _leases = new EtcdLeases(GrantAsync, time, MaxLeasedObjects);
    }

    /// <inheritdoc/>
    public async Task<StorageRead> GetAsync(string key, CancellationToken cancellationToken)
    {
        var request = new RangeRequest { Key = ByteString.CopyFromUtf8(key) };
        var response = await RangeAsync(request, cancellationToken).ConfigureAwait(false);
        return new StorageRead(response.Kvs.Count > 0 ? ToObject(response.Kvs[0]) : null, response.Header.Revision);
    }

    /// <inheritdoc/>
    public async Task<StorageList> ListAsync(StorageListRequest request, CancellationToken cancellationToken)
    {
        var range = new RangeRequest
        {
            Key = ByteString.CopyFromUtf8(request.StartKey ?? request.Prefix),
            RangeEnd = PrefixEnd(request.Prefix),
            Limit = request.Limit,
            Revision = request.Revision,
        };
        var response = await RangeAsync(range, cancellationToken).ConfigureAwait(false);
        var revision = request.Revision == 0 ? response.Header.Revision : request.Revision;
        return new StorageList([.. response.Kvs.Select(ToObject)], revision, response.Count - response.Kvs.Count);
    }

    /// <inheritdoc/>
    public async Task<long> CurrentRevisionAsync(CancellationToken cancellationToken)
    {
        var response = await RangeAsync(new RangeRequest { Key = ByteString.CopyFromUtf8("/registry/health"), CountOnly = true }, cancellationToken).ConfigureAwait(false);
        return response.Header.Revision;
    }

    /// <inheritdoc/>
    public Task<WriteOutcome> CreateAsync(string key, ReadOnlyMemory<byte> value, TimeSpan? timeToLive, CancellationToken cancellationToken) =>
        PutAsync(key, value, 0, timeToLive, cancellationToken);

    /// <inheritdoc/>
    public Task<WriteOutcome> UpdateAsync(string key, ReadOnlyMemory<byte> value, long expectedRevision, TimeSpan? timeToLive, CancellationToken cancellationToken) =>
        PutAsync(key, value, expectedRevision, timeToLive, cancellationToken);

    /// <inheritdoc/>
    public async Task<WriteOutcome> DeleteAsync(string key, long expectedRevision, CancellationToken cancellationToken)
    {
        var bytes = ByteString.CopyFromUtf8(key);
        var delete = new RequestOp { RequestDeleteRange = new DeleteRangeRequest { Key = bytes } };
        var (response, repeated) = await TxnAsync(Conditional(bytes, expectedRevision, delete), cancellationToken).ConfigureAwait(false);
        var outcome = ToOutcome(response);
        if (!repeated || outcome.Succeeded)
        {
            return outcome;
        }

        return outcome.Current switch
        {
            // A repeated delete that finds nothing finds its own work.
            null => outcome with { Succeeded = true },

            // The key has not been away since: this delete has not happened.
            { } current when current.CreateRevision <= expectedRevision => outcome,
            _ => throw Unknown(key),
        };
    }

    /// <summary>Lets the store forget history before a revision. Nothing happens when it has already.</summary>
    public async Task CompactAsync(long revision, CancellationToken cancellationToken)
    {
        try
        {
            await CallAsync(
                (member, options) => member.Kv.CompactAsync(new CompactionRequest { Revision = revision }, options).ResponseAsync,
                _options.WriteTimeout,
                cancellationToken).ConfigureAwait(false);
        }
        catch (RpcException exception) when (EtcdErrors.Translate(exception, revision, revision) is StorageCompactedException)
        {
            // Another API server was first.
        }
        catch (RpcException exception)
        {
            throw EtcdErrors.Translate(exception, revision, 0);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await ValueTask.CompletedTask.ConfigureAwait(false);
        _members.Dispose();
    }

    private async Task<WriteOutcome> PutAsync(string key, ReadOnlyMemory<byte> value, long expectedRevision, TimeSpan? timeToLive, CancellationToken cancellationToken)
    {
        var bytes = ByteString.CopyFromUtf8(key);
        var put = new PutRequest { Key = bytes, Value = UnsafeByteOperations.UnsafeWrap(value) };
        if (timeToLive is { } lifetime)
        {
            put.Lease = await _leases.TakeAsync(lifetime, cancellationToken).ConfigureAwait(false);
        }

        var (response, repeated) = await TxnAsync(Conditional(bytes, expectedRevision, new RequestOp { RequestPut = put }), cancellationToken).ConfigureAwait(false);
        var outcome = ToOutcome(response);
        if (!repeated || outcome.Succeeded)
        {
            return outcome;
        }

        // A repeated write that finds its own bytes has happened. With others in their place it may have happened before
        // those were written: to call that a conflict would have the caller do its change again, on top of itself.
        return outcome.Current is { } current && current.ModRevision > expectedRevision && current.Value.Span.SequenceEqual(value.Span)
            ? new WriteOutcome(true, current.ModRevision, null)
            : throw Unknown(key);
    }

    private static StorageUnavailableException Unknown(string key) =>
        new($"the store did not confirm the write of {key}, and somebody else has written it since", outcomeUnknown: true);

    private static TxnRequest Conditional(ByteString key, long expectedRevision, RequestOp operation)
    {
        var txn = new TxnRequest();
        txn.Compare.Add(new Compare
        {
            Key = key,
            Target = Compare.Types.CompareTarget.Mod,
            Result = Compare.Types.CompareResult.Equal,
            ModRevision = expectedRevision,
        });
        txn.Success.Add(operation);
        txn.Failure.Add(new RequestOp { RequestRange = new RangeRequest { Key = key } });
        return txn;
    }

    private static WriteOutcome ToOutcome(TxnResponse response)
    {
        if (response.Succeeded)
        {
            return new WriteOutcome(true, response.Header.Revision, null);
        }

        var kvs = response.Responses.Count > 0 ? response.Responses[0].ResponseRange?.Kvs : null;
        return new WriteOutcome(false, response.Header.Revision, kvs is { Count: > 0 } ? ToObject(kvs[0]) : null);
    }

    private async Task<RangeResponse> RangeAsync(RangeRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var timeout = request.CountOnly || request.RangeEnd.IsEmpty ? _options.ReadTimeout : _options.ListTimeout;
            return await CallAsync((member, options) => member.Kv.RangeAsync(request, options).ResponseAsync, timeout, cancellationToken).ConfigureAwait(false);
        }
        catch (RpcException exception)
        {
            throw EtcdErrors.Translate(exception, request.Revision, request.Revision + 1);
        }
    }

    /// <summary>Calls until a member answers, for at most the overall limit.</summary>
    private async Task<T> CallAsync<T>(Func<EtcdMember, CallOptions, Task<T>> call, TimeSpan attemptTimeout, CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        for (var attempt = 0; ; attempt++)
        {
            var member = _members.Current;
            try
            {
                return await call(member, Options(attemptTimeout, cancellationToken)).ConfigureAwait(false);
            }
            catch (RpcException exception) when (EtcdErrors.IsTransient(exception) && !cancellationToken.IsCancellationRequested)
            {
                _members.Failed(member, exception.Status.Detail);
                if (_time.GetElapsedTime(started) > _options.OverallTimeout)
                {
                    throw new StorageUnavailableException("the store does not answer: " + exception.Status.Detail, outcomeUnknown: false, exception);
                }

                await PauseAsync(attempt, cancellationToken).ConfigureAwait(false);
            }
            catch (RpcException) when (cancellationToken.IsCancellationRequested)
            {
                throw new OperationCanceledException(cancellationToken);
            }
        }
    }

    /// <summary>Makes a conditional write until a member confirms it; tells whether an earlier attempt may have happened.</summary>
    private async Task<(TxnResponse Response, bool Repeated)> TxnAsync(TxnRequest request, CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        var repeated = false;
        for (var attempt = 0; ; attempt++)
        {
            var member = _members.Current;
            try
            {
                var response = await member.Kv.TxnAsync(request, Options(_options.WriteTimeout, cancellationToken)).ConfigureAwait(false);
                return (response, repeated);
            }
            catch (RpcException exception) when (cancellationToken.IsCancellationRequested)
            {
                throw new OperationCanceledException("the write was abandoned: its outcome is unknown", exception, cancellationToken);
            }
            catch (RpcException exception) when (EtcdErrors.IsTransient(exception))
            {
                repeated |= !EtcdErrors.CertainlyNotDone(exception);
                _members.Failed(member, exception.Status.Detail);
                if (_time.GetElapsedTime(started) > _options.OverallTimeout)
                {
                    throw new StorageUnavailableException("the store does not confirm the write: " + exception.Status.Detail, repeated, exception);
                }

                await PauseAsync(attempt, cancellationToken).ConfigureAwait(false);
            }
            catch (RpcException exception)
            {
                throw EtcdErrors.Translate(exception, 0, 0);
            }
        }
    }

    private async Task<long> GrantAsync(TimeSpan timeToLive, CancellationToken cancellationToken)
    {
        try
        {
            var request = new LeaseGrantRequest { TTL = (long)Math.Ceiling(timeToLive.TotalSeconds) };
            var response = await CallAsync((member, options) => member.Lease.LeaseGrantAsync(request, options).ResponseAsync, _options.WriteTimeout, cancellationToken).ConfigureAwait(false);
            return response.ID;
        }
        catch (RpcException exception)
        {
            throw EtcdErrors.Translate(exception, 0, 0);
        }
    }

    private CallOptions Options(TimeSpan timeout, CancellationToken cancellationToken) =>
        new(deadline: _time.GetUtcNow().UtcDateTime + timeout, cancellationToken: cancellationToken);

    /// <summary>All members failing in turn must not become a busy loop: one round is quick, further ones wait.</summary>
    private Task PauseAsync(int attempt, CancellationToken cancellationToken) =>
        attempt < _members.Count - 1
            ? Task.CompletedTask
            : Task.Delay(TimeSpan.FromMilliseconds(Math.Min(500, 20 << Math.Min(attempt, 5))), _time, cancellationToken);

    private static StoredObject ToObject(KeyValue kv) => new(kv.Key.ToStringUtf8(), kv.Value.Memory, kv.CreateRevision, kv.ModRevision);

    /// <summary>The key after the last one with a prefix: the prefix with its last byte raised.</summary>
    private static ByteString PrefixEnd(string prefix)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(prefix);
        bytes[^1]++;
        return ByteString.CopyFrom(bytes);
    }
}
