using System.IO.Pipelines;
using Kube.ApiServer.Registry;
using Kube.ApiServer.Storage.WatchCache;

namespace Kube.ApiServer.Endpoints;

/// <summary>
/// One running watch: reads the cache's changes by its cursor, turns them into what the selection sees, and writes
/// them. Its queue is the cache's ring; when the client is so slow that the ring has moved on, the watch ends, and the
/// client lists again. Runs as one task.
/// </summary>
internal sealed class WatchSession(
    ResourceStore store,
    Selection selection,
    ListParameters parameters,
    WatchEncoder encoder,
    PipeWriter writer,
    WatchStart start,
    ApiMetrics metrics,
    Action initialized)
{
    private const int EventsPerRead = 128;
    private const int FlushSizeBytes = 64 * 1024;

    private readonly CacheEvent[] _events = new CacheEvent[EventsPerRead];
    private long _seen = start.Revision;
    private int _unnoted;

    /// <summary>Runs until the place in the cache is lost or one of the tokens is cancelled.</summary>
    /// <param name="over">
    /// The watch's time is over, or <paramref name="cut"/>. Looked at between writes: the server resets a stream of which a write is cancelled, and a slow client would see an error
    /// in place of the end.
    /// </param>
    /// <param name="cut">The client is gone, or takes nothing though the time is over, or the server stops; cancels a write under way.</param>
    public async Task RunAsync(TimeProvider time, TimeSpan bookmarkPeriod, CancellationToken over, CancellationToken cut)
    {
        await SendInitialAsync(over, cut).ConfigureAwait(false);
        initialized();
        var nextBookmark = time.GetTimestamp() + (long)(bookmarkPeriod.TotalSeconds * time.TimestampFrequency);
        while (true)
        {
            over.ThrowIfCancellationRequested();
            var changed = start.Cursor.Changed;
            var position = store.Feed.Position;
            if (!start.Cursor.TryRead(_events, out var count))
            {
                return;
            }

            if (count > 0)
            {
                Write(_events.AsSpan(0, count));
                await FlushAsync(cut).ConfigureAwait(false);
                continue;
            }

            // Nothing was left to read after the position was taken, so everything up to it has been seen.
            _seen = Math.Max(_seen, position);
            var wait = TimeSpan.FromSeconds((nextBookmark - time.GetTimestamp()) / (double)time.TimestampFrequency);
            if (wait <= TimeSpan.Zero)
            {
                nextBookmark = time.GetTimestamp() + (long)(bookmarkPeriod.TotalSeconds * time.TimestampFrequency);
                if (parameters.AllowWatchBookmarks)
                {
                    encoder.WriteBookmark(writer, _seen, initialEventsEnd: false);
                    await FlushAsync(cut).ConfigureAwait(false);
                }

                continue;
            }

            await WaitAsync(changed, wait, time, over).ConfigureAwait(false);
        }
    }

    private static async Task WaitAsync(Task changed, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            await changed.WaitAsync(limit, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // Time for a bookmark.
        }
    }

    private async Task SendInitialAsync(CancellationToken over, CancellationToken cut)
    {
        if (start.Initial is { } objects)
        {
            foreach (var item in selection.Of(objects))
            {
                encoder.WriteEvent(writer, "ADDED", item);
                _unnoted++;
                if (writer.UnflushedBytes > FlushSizeBytes)
                {
                    await FlushAsync(cut).ConfigureAwait(false);
                    over.ThrowIfCancellationRequested();
                }
            }
        }

        if (parameters.SendInitialEvents && parameters.AllowWatchBookmarks)
        {
            encoder.WriteBookmark(writer, start.Revision, initialEventsEnd: true);
        }

        await FlushAsync(cut).ConfigureAwait(false);
    }

    private void Write(ReadOnlySpan<CacheEvent> events)
    {
        foreach (var change in events)
        {
            if (change.Revision <= start.Revision)
            {
                // The initial state has it, or the client: its revision may be ahead of the cache's.
                continue;
            }

            var now = change.Current is { } current && selection.Matches(current);
            var before = change.Previous is { } previous && selection.Matches(previous);
            if (now)
            {
                encoder.WriteEvent(writer, before ? "MODIFIED" : "ADDED", change.Current!);
                _unnoted++;
            }
            else if (before)
            {
                encoder.WriteEvent(writer, "DELETED", change.Departed());
                _unnoted++;
            }

            _seen = Math.Max(_seen, change.Revision);
        }
    }

    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (_unnoted > 0)
        {
            metrics.WatchEvents(store.Definition.Info, _unnoted);
            _unnoted = 0;
        }

        var result = await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
        if (result.IsCompleted)
        {
            throw new OperationCanceledException("the client is gone");
        }
    }
}
