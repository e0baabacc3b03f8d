using System.IO.Pipelines;
using System.Text.Json;
using Etcd.V3;
using Kube.RaftStore.Apply;
using Kube.RaftStore.Mvcc;
using Kube.RaftStore.Server.Kv;
using Microsoft.Extensions.DependencyInjection;

namespace Kube.RaftStore.Server.Gateway;

internal sealed partial class GatewayCallContext : ILargeRangeWriter
{
    /// <summary>Bytes that may wait unflushed, and one key's.</summary>
    private const int MaxUnflushedBytes = 64 * 1024;

    /// <summary>Whether the one answer of the call was written already.</summary>
    public bool IsAnswered { get; private set; }

    /// <inheritdoc/>
    public async Task WriteAsync(RangeResult result, ResponseHeader header, bool keysOnly, IValueStore values, TimeSpan stallLimit)
    {
        IsAnswered = true;
        http.Response.ContentType = "application/json";
        using var stall = new CancellationTokenSource(stallLimit, http.RequestServices.GetRequiredService<TimeProvider>());
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stall.Token, http.RequestAborted);
        var output = http.Response.BodyWriter;
        try
        {
            using var json = new Utf8JsonWriter(output, ProtoJson.WriterOptions);
            var flushed = 0L;
            WriteHead(json, header);
            foreach (var version in result.Versions)
            {
                ProtoJson.Write(json, RangeMapping.ToMessage(version, keysOnly ? default : values.Read(version.Value)));
                if (json.BytesCommitted + json.BytesPending - flushed >= MaxUnflushedBytes)
                {
                    json.Flush();
                    flushed = json.BytesCommitted;
                    stall.CancelAfter(stallLimit);
                    await FlushAsync(output, either.Token);
                }
            }
            WriteTail(json, result);
        }
        catch (OperationCanceledException)
        {
            // Torn, so that nobody takes for the whole what has come.
            http.Abort();
        }
    }

    /// <summary>As a <see cref="RangeResponse"/> begins.</summary>
    private static void WriteHead(Utf8JsonWriter json, ResponseHeader header)
    {
        json.WriteStartObject();
        json.WritePropertyName("header");
        ProtoJson.Write(json, header);
        json.WriteStartArray("kvs");
    }

    private static void WriteTail(Utf8JsonWriter json, in RangeResult result)
    {
        json.WriteEndArray();
        if (result.More)
        {
            json.WriteBoolean("more", true);
        }
        json.WriteString("count", result.Count.ToString(System.Globalization.CultureInfo.InvariantCulture));
        json.WriteEndObject();
    }

    private static async ValueTask FlushAsync(PipeWriter output, CancellationToken cancellationToken)
    {
        var flush = await output.FlushAsync(cancellationToken);
        if (flush.IsCompleted || flush.IsCanceled)
        {
            throw new OperationCanceledException("the client is gone");
        }
    }
}
