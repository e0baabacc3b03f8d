using Etcd.V3;
using Grpc.Core;
using Kube.RaftStore.Mvcc;

namespace Kube.RaftStore.Server.Watches;

/// <summary>
/// One client's watch stream: its watches, a bounded queue of what the hub gave them, and one sender, which also
/// reads history for the watches that lag. A client that reads slowly slows down this sender and nothing else.
/// </summary>
internal sealed partial class WatchStream
{
    /// <summary>Responses that may wait for the client, the events in them, and the bytes of those.</summary>
    private const int MaxQueuedResponses = 256;
    private const int MaxQueuedEvents = 4096;
    private const long MaxQueuedBytes = 4 << 20;

    /// <summary>What etcd numbers a watch that never came to be, and what it announces for all watches together.</summary>
    public const long NoWatchId = -1;

    private readonly WatchHub _hub;
    private readonly StoreServer _server;
    private readonly IServerStreamWriter<WatchReply> _responses;
    private readonly Func<WatchCreateRequest, ValueTask<string?>> _refusal;
    private readonly Dictionary<long, Watcher> _watchers = [];
    private readonly Queue<Queued> _queue = [];
    private readonly Queue<Watcher> _lagging = [];
    private readonly Signal _signal = new();
    private readonly SemaphoreSlim _controlRoom = new(MaxQueuedResponses);
    private int _queuedEvents;
    private long _queuedBytes;
    private long _nextId;
    private long _progressWanted = -1;

    /// <param name="hub">What feeds it.</param>
    /// <param name="server">What the services share.</param>
    /// <param name="responses">The client.</param>
    /// <param name="refusal">Why the client may not have a watch, null when he may.</param>
    public WatchStream(
        WatchHub hub, StoreServer server, IServerStreamWriter<WatchReply> responses, Func<WatchCreateRequest, ValueTask<string?>> refusal)
    {
        _refusal = refusal;
        _hub = hub;
        _server = server;
        _responses = responses;
        hub.OnOpened();
    }

    /// <summary>Wakes the sender.</summary>
    public void Wake() => _signal.Set();

    /// <summary>Queues events of a synced watch. Under the hub's lock.</summary>
    /// <returns>False when there is no room.</returns>
    public bool TryEnqueue(Watcher watcher, List<WatchEvent> events, long revision)
    {
        // One batch always fits an empty queue, however large: a revision's events go together.
        var bytes = 0L;
        foreach (var change in events)
        {
            bytes += change.SizeBytes;
        }
        if (_queue.Count >= MaxQueuedResponses
            || (_queuedEvents > 0 && (_queuedEvents + events.Count > MaxQueuedEvents || _queuedBytes + bytes > MaxQueuedBytes)))
        {
            return false;
        }
        _queue.Enqueue(new Queued(watcher, events, revision, bytes, null));
        _queuedEvents += events.Count;
        _queuedBytes += bytes;
        Wake();
        return true;
    }

    /// <summary>Hands a watch to the sender to be brought up to date. Under the hub's lock.</summary>
    public void AddLagging(Watcher watcher)
    {
        _lagging.Enqueue(watcher);
        Wake();
    }

    /// <summary>Ends all watches. Once.</summary>
    public void Close()
    {
        lock (_hub.Gate)
        {
            foreach (var watcher in _watchers.Values)
            {
                _hub.Remove(watcher);
            }
            _watchers.Clear();
            _queue.Clear();
            _lagging.Clear();
        }
        _hub.OnClosed();
    }

    /// <summary>Takes requests until the client has no more.</summary>
    public async Task ReceiveAsync(IAsyncStreamReader<WatchRequest> requests, CancellationToken cancellationToken)
    {
        while (await requests.MoveNext(cancellationToken))
        {
            var request = requests.Current;
            switch (request.RequestUnionCase)
            {
                case WatchRequest.RequestUnionOneofCase.CreateRequest:
                    await _controlRoom.WaitAsync(cancellationToken);
                    Create(request.CreateRequest, await _refusal(request.CreateRequest));
                    break;
                case WatchRequest.RequestUnionOneofCase.CancelRequest:
                    await _controlRoom.WaitAsync(cancellationToken);
                    Cancel(request.CancelRequest.WatchId);
                    break;
                case WatchRequest.RequestUnionOneofCase.ProgressRequest:
                    lock (_hub.Gate)
                    {
                        _progressWanted = _hub.Store.CurrentRevision;
                    }
                    Wake();
                    break;
            }
        }
    }

    private void Create(WatchCreateRequest request, string? forbidden)
    {
        lock (_hub.Gate)
        {
            var revision = _hub.Store.CurrentRevision;
            // An empty key stands for the smallest there is.
            var range = new KeyRange(request.Key.IsEmpty ? new byte[] { 0 } : request.Key.Memory, request.RangeEnd.Memory);
            var refusal = forbidden is not null ? forbidden
                : request.StartRevision < 0 ? Apply.EtcdError.Compacted.Text
                : range.IsEmpty ? "mvcc: watcher range is empty"
                : request.WatchId != 0 && _watchers.ContainsKey(request.WatchId) ? "mvcc: duplicate watch ID provided on the WatchStream"
                : null;
            var created = new WatchResponse { Header = Header(revision), WatchId = NoWatchId, Created = true };
            if (refusal is not null)
            {
                created.Canceled = true;
                created.CancelReason = refusal;
                EnqueueControl(created);
                return;
            }
            var watcher = new Watcher(this, request.WatchId != 0 ? request.WatchId : FreeId(), range)
            {
                StartRevision = request.StartRevision,
                WithPrevious = request.PrevKv,
                Fragments = request.Fragment,
                NotifiesProgress = request.ProgressNotify,
                SkipsPuts = request.Filters.Contains(WatchCreateRequest.Types.FilterType.Noput),
                SkipsDeletes = request.Filters.Contains(WatchCreateRequest.Types.FilterType.Nodelete),
            };
            _watchers.Add(watcher.Id, watcher);
            created.WatchId = watcher.Id;
            // Queued before the watch is known to the hub, so that no event overtakes it.
            EnqueueControl(created);
            _hub.Add(watcher);
        }
    }

    private void Cancel(long id)
    {
        lock (_hub.Gate)
        {
            if (!_watchers.Remove(id, out var watcher))
            {
                _controlRoom.Release();
                return;
            }
            _hub.Remove(watcher);
            EnqueueControl(new WatchResponse { Header = Header(_hub.Store.CurrentRevision), WatchId = id, Canceled = true });
        }
    }

    private void EnqueueControl(WatchResponse response)
    {
        _queue.Enqueue(new Queued(null, null, 0, 0, response));
        Wake();
    }

    private long FreeId()
    {
        while (_watchers.ContainsKey(_nextId))
        {
            _nextId++;
        }
        return _nextId++;
    }

    private ResponseHeader Header(long revision) => new()
    {
        ClusterId = _server.Options.ClusterId,
        MemberId = _server.Options.MemberId,
        Revision = revision,
        RaftTerm = _server.Log.Status.Term,
    };

    /// <summary>Events of one watch, or a control response.</summary>
    private readonly record struct Queued(Watcher? Watcher, List<WatchEvent>? Events, long Revision, long Bytes, WatchResponse? Control);
}
