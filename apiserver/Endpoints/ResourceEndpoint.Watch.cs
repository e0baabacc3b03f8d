using System.IO.Pipelines;
using System.Text;
using System.Text.Json.Nodes;
using Kube.Api.Errors;
using Kube.Api.Serialization;
using Kube.ApiServer.Registry;
using Kube.ApiServer.Storage.WatchCache;
using Microsoft.AspNetCore.Http.Features;

namespace Kube.ApiServer.Endpoints;

internal sealed partial class ResourceEndpoint
{
    private static readonly TimeSpan BookmarkPeriod = TimeSpan.FromMinutes(1);

    /// <summary>A watch without timeoutSeconds ends at a random time from this to twice this.</summary>
    private const int MinWatchSeconds = 1_800;

    private const int EventsPerRead = 128;

    private async Task WatchAsync(ApiRequest request, ResourceStore store)
    {
        var format = ResponseWriter.Negotiate(request);
        var parameters = ListParameters.Parse(request, watch: true);
        var selection = Selection.Parse(request, store.Definition);
        var start = await StartAsync(request, store, parameters, selection.Scope).ConfigureAwait(false);
        using var cursor = start.Cursor;
        var encoder = new WatchEncoder(store, format, request, time);
        ResponseWriter.Start(request, 200, encoder.ContentType);
        request.Http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        var writer = request.Http.Response.BodyWriter;
        await request.Http.Response.StartAsync(request.Aborted).ConfigureAwait(false);

        var seconds = parameters.TimeoutSeconds is > 0 and var asked ? asked : MinWatchSeconds + random.Next(MinWatchSeconds);
        using var end = new WatchEnd(TimeSpan.FromSeconds(seconds), time, request.Stopping, request.Aborted);
        try
        {
            var session = new WatchSession(store, selection, parameters, encoder, writer, start, metrics, request.Initialized);
            await session.RunAsync(time, BookmarkPeriod, end.Over, end.Cut).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (end.Over.IsCancellationRequested)
        {
            // The watch's time is over, or its client is gone.
        }

        await encoder.FinishAsync(writer).ConfigureAwait(false);
    }

    /// <summary>Where a watch begins: with the present state as ADDED events, or behind a revision.</summary>
    private async Task<WatchStart> StartAsync(ApiRequest request, ResourceStore store, ListParameters parameters, WatchScope scope)
    {
        var initial = parameters.HasSendInitialEvents ? parameters.SendInitialEvents : parameters.ResourceVersion is null or 0;
        if (!initial && parameters.ResourceVersion is { } version and > 0)
        {
            await WaitFilledAsync(store, request.Aborted).ConfigureAwait(false);
            return new WatchStart(null, store.Cache.OpenCursor(version, scope), version);
        }

        while (true)
        {
            var wanted = parameters.ResourceVersion;
            var snapshot = await SnapshotAsync(store, wanted, request.Aborted).ConfigureAwait(false);
            if (store.Cache.OpenWithSnapshot(scope) is { } open)
            {
                var revision = Math.Max(snapshot.Revision, open.Snapshot.Revision);
                return new WatchStart(initial ? open.Snapshot.Objects : null, open.Cursor, revision);
            }
        }
    }

    private static Task WaitFilledAsync(ResourceStore store, CancellationToken cancellationToken) =>
        store.Cache.Snapshot is null ? store.Cache.WaitReadyAsync(cancellationToken) : Task.CompletedTask;
}

/// <summary>The beginning of a watch.</summary>
/// <param name="Initial">Objects to send as ADDED first; null for none.</param>
/// <param name="Revision">What has been seen once those are sent.</param>
internal sealed record WatchStart(ObjectTree? Initial, CacheCursor Cursor, long Revision);
