using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json.Nodes;
using Kube.Api.Schema;
using Kube.Api.Serialization;
using Kube.ApiServer.Registry;
using Kube.ApiServer.Storage.WatchCache;

namespace Kube.ApiServer.Endpoints;

/// <summary>
/// Writes watch events in the format of one request. Plain JSON moves the cached bytes into a frame; the other formats
/// and the Table and metadata forms encode. For one thread at a time.
/// </summary>
internal sealed class WatchEncoder(ResourceStore store, NegotiatedFormat format, ApiRequest request, TimeProvider time)
{
    private bool _columnsSent;

    public string ContentType => format.Format == WireFormat.Protobuf
        ? WireFormats.Protobuf + ";stream=watch"
        : WireFormats.MediaTypeOf(format.Format);

    public void WriteEvent(PipeWriter writer, string type, CachedObject item)
    {
        if (format is { Format: WireFormat.Json, As: null } && store.Definition.Converter is null)
        {
            WriteFrame(writer, type, item.Json);
            return;
        }

        WriteObject(writer, type, Shape(store.Served(item)));
    }

    /// <summary>An event that tells how far the watch is; the object is empty but for its resourceVersion.</summary>
    public void WriteBookmark(PipeWriter writer, long revision, bool initialEventsEnd)
    {
        var metadata = new JsonObject
        {
            ["resourceVersion"] = revision.ToString(CultureInfo.InvariantCulture),
            ["creationTimestamp"] = null,
        };
        if (initialEventsEnd)
        {
            metadata["annotations"] = new JsonObject { ["k8s.io/initial-events-end"] = "true" };
        }

        var info = store.Definition.Info;
        var bookmark = new JsonObject { ["kind"] = info.Kind, ["apiVersion"] = info.ApiVersion, ["metadata"] = metadata };
        WriteObject(writer, "BOOKMARK", Shape(bookmark));
    }

    /// <summary>Writes what is still pending; a client that is gone is no error.</summary>
    public async ValueTask FinishAsync(PipeWriter writer)
    {
        if (!request.Aborted.IsCancellationRequested)
        {
            await writer.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    private JsonObject Shape(JsonObject obj)
    {
        if (format.As is null)
        {
            return obj;
        }

        if (format.As != "Table")
        {
            return PartialMetadata.Of(obj, format);
        }

        var metadata = new JsonObject { ["resourceVersion"] = new ObjectAccessor(obj).ResourceVersion };
        var table = TableEncoder.Encode(store.Definition, [obj], metadata, request, time.GetUtcNow());
        if (_columnsSent)
        {
            // The first event tells the columns; the rest go without.
            table["columnDefinitions"] = null;
        }

        _columnsSent = true;
        return table;
    }

    private void WriteObject(PipeWriter writer, string type, JsonObject obj)
    {
        if (format.Format == WireFormat.Json)
        {
            WriteFrame(writer, type, ObjectJson.Encode(obj));
            return;
        }

        var schema = format.As is null ? store.Definition.Info.Schema : PartialMetadata.SchemaOf(format);
        writer.Write(ObjectCodec.EncodeWatchEvent(type, obj, format.Format, schema));
    }

    private static void WriteFrame(PipeWriter writer, string type, ReadOnlySpan<byte> json)
    {
        writer.Write("{\"type\":\""u8);
        var span = writer.GetSpan(16);
        writer.Advance(Encoding.ASCII.GetBytes(type, span));
        writer.Write("\",\"object\":"u8);
        writer.Write(json);
        writer.Write("}\n"u8);
    }
}
