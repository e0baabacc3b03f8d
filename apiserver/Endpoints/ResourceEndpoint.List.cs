using Microsoft.AspNetCore.Http;
using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kube.Api.Serialization;
using Kube.ApiServer.Registry;
using Kube.ApiServer.Storage;
using Kube.ApiServer.Storage.WatchCache;

namespace Kube.ApiServer.Endpoints;

internal sealed partial class ResourceEndpoint
{
    private const string ContinueExpired =
        "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.";

    private async Task ListAsync(ApiRequest request, ResourceStore store)
    {
        var format = ResponseWriter.Negotiate(request);
        var selection = Selection.Parse(request, store.Definition);
        var page = await PageAsync(request, store, selection).ConfigureAwait(false);
        if (format.As is not null)
        {
            await WriteAsAsync(request, store, format, page.Items, page.Revision, single: false, page.Metadata()).ConfigureAwait(false);
        }
        else if (format is { Format: WireFormat.Json, Pretty: false })
        {
            await WriteListAsync(request, store, page).ConfigureAwait(false);
        }
        else
        {
            var items = new JsonArray([.. page.Items.Select(i => (JsonNode)store.Served(i))]);
            var list = new JsonObject
            {
                ["kind"] = store.Definition.Info.ListKind,
                ["apiVersion"] = store.Definition.Info.ApiVersion,
                ["metadata"] = page.Metadata(),
                ["items"] = items,
            };
            await ResponseWriter.WriteObjectAsync(request, 200, list, store.Definition.Info.ListSchema, format).ConfigureAwait(false);
        }
    }

    /// <summary>The list's bytes are those of its objects, moved; nothing is encoded.</summary>
    private static async Task WriteListAsync(ApiRequest request, ResourceStore store, ListPage page)
    {
        var info = store.Definition.Info;
        var head = $"{{\"kind\":\"{info.ListKind}\",\"apiVersion\":\"{info.ApiVersion}\",\"metadata\":{page.Metadata().ToJsonString()},\"items\":[";
        var size = page.Items.Sum(i => (long)i.Json.Length + 1) + head.Length + 3;
        ResponseWriter.Start(request, 200, WireFormats.Json);
        var stream = request.Http.Response.Body;
        System.IO.Compression.GZipStream? gzip = null;
        if (size >= Compression.ThresholdSizeBytes)
        {
            request.Http.Response.Headers.Append("Vary", "Accept-Encoding");
            if (Compression.Accepts(request.Http))
            {
                request.Http.Response.Headers.ContentEncoding = "gzip";
                gzip = new System.IO.Compression.GZipStream(stream, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true);
            }
        }

        if (gzip is not null)
        {
            await using (gzip)
            {
                var writer = System.IO.Pipelines.PipeWriter.Create(gzip, new System.IO.Pipelines.StreamPipeWriterOptions(leaveOpen: true));
                await WriteItemsAsync(writer, head, store, page, request.Aborted).ConfigureAwait(false);
                await writer.CompleteAsync().ConfigureAwait(false);
            }

            return;
        }

        if (store.Definition.Converter is null)
        {
            request.Http.Response.ContentLength = Encoding.UTF8.GetByteCount(head) + page.Items.Sum(i => (long)i.Json.Length) + Math.Max(0, page.Items.Count - 1) + 3;
        }

        await WriteItemsAsync(request.Http.Response.BodyWriter, head, store, page, request.Aborted).ConfigureAwait(false);
    }

    private static async Task WriteItemsAsync(System.IO.Pipelines.PipeWriter writer, string head, ResourceStore store, ListPage page, CancellationToken cancellationToken)
    {
        const int flushSizeBytes = 256 * 1024;
        writer.Write(Encoding.UTF8.GetBytes(head));
        var unflushed = 0;
        for (var i = 0; i < page.Items.Count; i++)
        {
            if (i > 0)
            {
                writer.Write(","u8);
            }

            var json = EncodedOf(store, page.Items[i]);
            writer.Write(json.Span);
            unflushed += json.Length;
            if (unflushed >= flushSizeBytes)
            {
                unflushed = 0;
                var result = await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
                if (result.IsCompleted)
                {
                    return;
                }
            }
        }

        writer.Write("]}\n"u8);
        await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Table or metadata alone.</summary>
    private Task WriteAsAsync(
        ApiRequest request, ResourceStore store, NegotiatedFormat format, IReadOnlyList<CachedObject> items, long revision, bool single, JsonObject? metadata = null)
    {
        var objects = items.Select(store.Served).ToList();
        metadata ??= ListMetadata(single && items.Count == 1 ? items[0].Revision.ToString(CultureInfo.InvariantCulture) : revision.ToString(CultureInfo.InvariantCulture));
        JsonObject shaped;
        if (format.As == "Table")
        {
            shaped = TableEncoder.Encode(store.Definition, objects, metadata, request, time.GetUtcNow());
        }
        else if (single)
        {
            shaped = PartialMetadata.Of(objects[0], format);
        }
        else
        {
            shaped = PartialMetadata.ListOf(objects, metadata, format);
        }

        return ResponseWriter.WriteObjectAsync(request, 200, shaped, PartialMetadata.SchemaOf(format), format);
    }

    private async Task<ListPage> PageAsync(ApiRequest request, ResourceStore store, Selection selection)
    {
        var parameters = ListParameters.Parse(request, watch: false);
        var startKey = default(string);
        CacheSnapshot snapshot;
        if (parameters.Continue.Length > 0)
        {
            var token = ContinueToken.Decode(parameters.Continue);
            if (parameters.ResourceVersion is not (null or 0))
            {
                throw ApiErrors.BadRequest("specifying resource version is not allowed when using continue");
            }

            startKey = selection.Prefix + token.StartKey;
            snapshot = token.Revision < 0
                ? await SnapshotAsync(store, null, request.Aborted).ConfigureAwait(false)
                : await SnapshotAtAsync(request, store, token.Revision, token).ConfigureAwait(false);
        }
        else if (IsExact(parameters))
        {
            snapshot = await SnapshotAtAsync(request, store, parameters.ResourceVersion!.Value, null).ConfigureAwait(false);
        }
        else
        {
            snapshot = await SnapshotAsync(store, parameters.ResourceVersion, request.Aborted).ConfigureAwait(false);
        }

        return Cut(selection, snapshot, startKey, parameters.Limit);
    }

    /// <summary>Exact by name, or by the older rule that a limit with a version means that version.</summary>
    private static bool IsExact(ListParameters parameters) =>
        parameters.ResourceVersion > 0
        && (parameters.ResourceVersionMatch == "Exact" || (parameters.ResourceVersionMatch.Length == 0 && parameters.Limit > 0));

    private static ListPage Cut(Selection selection, CacheSnapshot snapshot, string? startKey, int limit)
    {
        var matching = selection.Of(snapshot.Objects, startKey);
        if (limit == 0)
        {
            return new ListPage([.. matching], snapshot.Revision, "", null);
        }

        var items = new List<CachedObject>();
        long remaining = 0;
        foreach (var item in matching)
        {
            if (items.Count < limit)
            {
                items.Add(item);
            }
            else
            {
                // With a selector Kubernetes does not count what is left: one more is enough to know.
                remaining = selection.IsNarrowed ? 1 : snapshot.Objects.CountRange(selection.Prefix, item.Key);
                break;
            }
        }

        if (remaining == 0)
        {
            return new ListPage(items, snapshot.Revision, "", null);
        }

        var token = new ContinueToken(snapshot.Revision, items[^1].Key[selection.Prefix.Length..] + "\0");
        return new ListPage(items, snapshot.Revision, token.Encode(), selection.IsNarrowed ? null : remaining);
    }

    /// <summary>The state at an exact revision: from the cache's recent history, else from the store.</summary>
    private async Task<CacheSnapshot> SnapshotAtAsync(ApiRequest request, ResourceStore store, long revision, ContinueToken? token)
    {
        await SnapshotAsync(store, revision, request.Aborted).ConfigureAwait(false);
        if (store.Cache.SnapshotAt(revision) is { } recent)
        {
            return recent;
        }

        try
        {
            return await store.ReadStoreAtAsync(revision, request.Aborted).ConfigureAwait(false);
        }
        catch (StorageCompactedException) when (token is { } expired)
        {
            // The client may go on from here, at the price of a list that is not of one moment.
            throw ApiErrors.ExpiredContinue(ContinueExpired, new ContinueToken(-1, expired.StartKey).Encode());
        }
        catch (StorageCompactedException)
        {
            throw ApiErrors.Expired("The resourceVersion for the provided list is too old.");
        }
    }

    /// <summary>What a list answers with.</summary>
    private sealed record ListPage(IReadOnlyList<CachedObject> Items, long Revision, string Continue, long? Remaining)
    {
        public JsonObject Metadata()
        {
            var metadata = new JsonObject { ["resourceVersion"] = Revision.ToString(CultureInfo.InvariantCulture) };
            if (Continue.Length > 0)
            {
                metadata["continue"] = Continue;
            }

            if (Remaining is { } remaining)
            {
                metadata["remainingItemCount"] = remaining;
            }

            return metadata;
        }
    }
}
