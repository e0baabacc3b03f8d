using System.Globalization;
using System.IO.Pipelines;
using System.Text.Json;
using Etcd.V3;
using Kube.RaftStore.Apply;
using Kube.RaftStore.Mvcc;
using Kube.RaftStore.Server.Kv;
using Microsoft.Extensions.DependencyInjection;

namespace Kube.RaftStore.Server.Gateway;

internal sealed partial class GatewayCallContext : ILargeAnswerWriter
{
    /// <summary>Bytes that may wait unflushed, and one key's.</summary>
    private const int MaxUnflushedBytes = 64 * 1024;

    /// <inheritdoc/>
    public string Client => $"gateway {http.Connection.RemoteIpAddress}";

    /// <summary>Whether the one answer of the call was written already.</summary>
    public bool IsAnswered { get; private set; }

    /// <inheritdoc/>
    public Task WriteAsync(RangeResult result, ResponseHeader header, bool keysOnly, IValueStore values, TimeSpan stallLimit)
        => WriteAsync(output => WriteRangeAsync(output, header, result, keysOnly, values), stallLimit);

    /// <inheritdoc/>
    public Task WriteAsync(TxnAnswer answer, IValueStore values, TimeSpan stallLimit)
        => WriteAsync(output => WriteTxnAsync(output, answer.Response, answer, values), stallLimit);

    private async Task WriteAsync(Func<SlowJson, Task> write, TimeSpan stallLimit)
    {
        IsAnswered = true;
        http.Response.ContentType = "application/json";
        using var stall = new CancellationTokenSource(stallLimit, http.RequestServices.GetRequiredService<TimeProvider>());
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stall.Token, http.RequestAborted);
        try
        {
            await using var output = new SlowJson(http.Response.BodyWriter, () => stall.CancelAfter(stallLimit), either.Token);
            await write(output);
        }
        catch (OperationCanceledException)
        {
            // Torn, so that nobody takes for the whole what has come.
            http.Abort();
        }
    }

    /// <summary>As <see cref="ProtoJson"/> writes a <see cref="RangeResponse"/>.</summary>
    private static async Task WriteRangeAsync(SlowJson output, ResponseHeader header, RangeResult result, bool keysOnly, IValueStore values)
    {
        var json = output.Writer;
        json.WriteStartObject();
        json.WritePropertyName("header");
        ProtoJson.Write(json, header);
        if (result.Versions.Count > 0)
        {
            json.WriteStartArray("kvs");
            foreach (var version in result.Versions)
            {
                ProtoJson.Write(json, RangeMapping.ToMessage(version, keysOnly ? default : values.Read(version.Value)));
                await output.FlushIfDueAsync();
            }
            json.WriteEndArray();
        }
        if (result.More)
        {
            json.WriteBoolean("more", true);
        }
        if (result.Count > 0)
        {
            json.WriteString("count", result.Count.ToString(CultureInfo.InvariantCulture));
        }
        json.WriteEndObject();
    }

    /// <summary>As <see cref="ProtoJson"/> writes a <see cref="TxnResponse"/>.</summary>
    private static async Task WriteTxnAsync(SlowJson output, TxnResponse response, TxnAnswer answer, IValueStore values)
    {
        var json = output.Writer;
        json.WriteStartObject();
        if (response.Header is { } header)
        {
            json.WritePropertyName("header");
            ProtoJson.Write(json, header);
        }
        if (response.Succeeded)
        {
            json.WriteBoolean("succeeded", true);
        }
        if (response.Responses.Count > 0)
        {
            json.WriteStartArray("responses");
            foreach (var op in response.Responses)
            {
                await WriteOpAsync(output, op, answer, values);
                await output.FlushIfDueAsync();
            }
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    private static async Task WriteOpAsync(SlowJson output, ResponseOp op, TxnAnswer answer, IValueStore values)
    {
        var json = output.Writer;
        if (op.ResponseTxn is { } nested)
        {
            json.WriteStartObject();
            json.WritePropertyName("response_txn");
            await WriteTxnAsync(output, nested, answer, values);
            json.WriteEndObject();
        }
        else if (op.ResponseRange is { } range && answer.Late.TryGetValue(range, out var late))
        {
            json.WriteStartObject();
            json.WritePropertyName("response_range");
            await WriteRangeAsync(output, range.Header, late.Find(), late.KeysOnly, values);
            json.WriteEndObject();
        }
        else
        {
            ProtoJson.Write(json, op);
        }
    }

    /// <summary>JSON that goes out as it is taken.</summary>
    private sealed class SlowJson(PipeWriter output, Action onFlush, CancellationToken cancellationToken) : IAsyncDisposable
    {
        private long _flushed;

        public Utf8JsonWriter Writer { get; } = new(output, ProtoJson.WriterOptions);

        public async ValueTask FlushIfDueAsync()
        {
            if (Writer.BytesCommitted + Writer.BytesPending - _flushed < MaxUnflushedBytes)
            {
                return;
            }
            Writer.Flush();
            _flushed = Writer.BytesCommitted;
            onFlush();
            var flush = await output.FlushAsync(cancellationToken);
            if (flush.IsCompleted || flush.IsCanceled)
            {
                throw new OperationCanceledException("the client is gone");
            }
        }

        public ValueTask DisposeAsync() => Writer.DisposeAsync();
    }
}
