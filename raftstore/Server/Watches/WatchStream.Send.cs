using Etcd.V3;
using Kube.RaftStore.Mvcc;

namespace Kube.RaftStore.Server.Watches;

internal sealed partial class WatchStream
{
    /// <summary>Limits of one step through history: changes looked at, events and bytes found.</summary>
    private const int MaxScannedAtOnce = 16384;
    private const int MaxEventsAtOnce = 1024;
    private const int MaxBytesAtOnce = 1 << 20;

    /// <summary>Sends what the hub queues and what lagging watches find in history, until cancelled.</summary>
    /// <param name="notifyProgressEvery">How often idle watches that asked for it are told the revision.</param>
    /// <param name="time">The clock for that.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task SendAsync(TimeSpan notifyProgressEvery, TimeProvider time, CancellationToken cancellationToken)
    {
        using var timer = time.CreateTimer(
            static stream => ((WatchStream)stream!).NoteProgressDue(), this, notifyProgressEvery, notifyProgressEvery);
        while (true)
        {
            if (TryDequeue(out var next))
            {
                await SendAsync(next, cancellationToken);
            }
            else if (TryTakeLagging(out var watcher))
            {
                await CatchUpAsync(watcher, cancellationToken);
            }
            else if (TryTakeProgress(out var progress))
            {
                await _responses.WriteAsync(new WatchReply(progress), cancellationToken);
            }
            else
            {
                await _signal.WaitAsync(cancellationToken);
            }
        }
    }

    private bool TryDequeue(out Queued next)
    {
        lock (_hub.Gate)
        {
            if (!_queue.TryDequeue(out next))
            {
                return false;
            }
            _queuedEvents -= next.Events?.Count ?? 0;
            _queuedBytes -= next.Bytes;
            return true;
        }
    }

    private bool TryTakeLagging(out Watcher watcher)
    {
        lock (_hub.Gate)
        {
            while (_lagging.TryDequeue(out watcher!))
            {
                if (watcher.State == WatcherState.Lagging)
                {
                    return true;
                }
            }
            return false;
        }
    }

    private async ValueTask SendAsync(Queued next, CancellationToken cancellationToken)
    {
        if (next.Control is { } control)
        {
            _controlRoom.Release();
            await _responses.WriteAsync(new WatchReply(control), cancellationToken);
            return;
        }
        await SendEventsAsync(next.Watcher!, next.Events!, next.Revision, cancellationToken);
    }

    private async ValueTask SendEventsAsync(
        Watcher watcher, List<WatchEvent> events, long revision, CancellationToken cancellationToken)
    {
        watcher.WasBusy = true;
        _hub.OnSent(events.Count);
        var encoded = new byte[events.Count][];
        for (var i = 0; i < encoded.Length; i++)
        {
            encoded[i] = events[i].Encoded(watcher.WithPrevious);
        }
        var reply = new WatchReply(new WatchResponse { Header = Header(revision), WatchId = watcher.Id }, encoded);
        if (!watcher.Fragments)
        {
            await _responses.WriteAsync(reply, cancellationToken);
            return;
        }
        foreach (var part in WatchFragments.Split(reply, _server.Options.MaxRequestBytes + GrpcOverheadBytes))
        {
            await _responses.WriteAsync(part, cancellationToken);
        }
    }

    /// <summary>What etcd allows for beside the largest request.</summary>
    private const int GrpcOverheadBytes = 512 * 1024;

    /// <summary>Reads one step of history for a lagging watch, sends what it finds, and syncs it or queues it again.</summary>
    private async ValueTask CatchUpAsync(Watcher watcher, CancellationToken cancellationToken)
    {
        var store = _hub.Store;
        var from = watcher.NextRevision;
        var (events, upTo) = TryReadHistory(watcher, from);
        // Compaction may have made holes while reading; what was read before it is whole.
        var compacted = store.CompactRevision;
        if (from < compacted)
        {
            lock (_hub.Gate)
            {
                _hub.Remove(watcher);
                _watchers.Remove(watcher.Id);
            }
            await _responses.WriteAsync(
                new WatchReply(new WatchResponse { Header = Header(0), WatchId = watcher.Id, Canceled = true, CompactRevision = compacted }),
                cancellationToken);
            return;
        }
        if (events.Count > 0)
        {
            await SendEventsAsync(watcher, events, upTo, cancellationToken);
        }
        lock (_hub.Gate)
        {
            if (watcher.State != WatcherState.Lagging)
            {
                return;
            }
            watcher.NextRevision = upTo + 1;
            if (!_hub.TrySync(watcher))
            {
                _lagging.Enqueue(watcher);
            }
        }
    }

    private (List<WatchEvent> Events, long UpTo) TryReadHistory(Watcher watcher, long from)
    {
        try
        {
            return ReadHistory(watcher, from);
        }
        catch (ValueGoneException)
        {
            // Compaction has passed the watch, which the caller sees; or only the version before an event, which is then left out.
            return ([], from - 1);
        }
    }

    /// <returns>The watch's events from one revision on, and the last revision that was read whole.</returns>
    private (List<WatchEvent> Events, long UpTo) ReadHistory(Watcher watcher, long from)
    {
        var events = new List<WatchEvent>();
        var scanned = 0;
        var bytes = 0;
        var last = from - 1;
        var changes = _hub.Store.Changes(from, out var newest);
        foreach (var version in changes)
        {
            // Only between revisions: a revision's changes go together.
            if (version.ModRevision != last && (scanned >= MaxScannedAtOnce || events.Count >= MaxEventsAtOnce || bytes >= MaxBytesAtOnce))
            {
                return (events, last);
            }
            last = version.ModRevision;
            scanned++;
            if (watcher.Range.Contains(version.Key) && watcher.Wants(version))
            {
                var change = new WatchEvent(version, _hub.Store);
                change.Hold(watcher.WithPrevious);
                events.Add(change);
                bytes += change.SizeBytes;
            }
        }
        return (events, Math.Max(last, newest));
    }
}
