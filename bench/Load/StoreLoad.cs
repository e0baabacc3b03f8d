using System.Buffers.Binary;
using System.Diagnostics;
using Etcd.V3;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Kube.Base;

namespace Kube.Load;

/// <summary>What load to put on a store.</summary>
internal sealed record StoreLoadOptions
{
    public required IReadOnlyList<string> Endpoints { get; init; }

    public required int Connections { get; init; }

    public required int Clients { get; init; }

    public required int Total { get; init; }

    public required string Work { get; init; }

    public required int KeySizeBytes { get; init; }

    public required int ValueSizeBytes { get; init; }

    public required int KeySpace { get; init; }
}

/// <summary>How it went.</summary>
internal sealed record StoreLoadResult(string Work, int Requests, int Failures, double Seconds, double P50Ms, double P99Ms, double MaxMs, string? FirstFailure)
{
    public override string ToString()
        => $"{Work}: {Requests / Seconds:F0} req/s, p50 {P50Ms:F2} ms, p99 {P99Ms:F2} ms, max {MaxMs:F1} ms, {Failures} failures{(FirstFailure is null ? "" : " (" + FirstFailure + ")")}";
}

/// <summary>Clients that send one request after the other, over a number of connections.</summary>
internal sealed class StoreLoad(StoreLoadOptions options)
{
    private int _next;
    private int _failures;
    private string? _firstFailure;

    public async Task<StoreLoadResult> RunAsync(CancellationToken cancellationToken)
    {
        var channels = Enumerable.Range(0, options.Connections)
            .Select(i => GrpcChannel.ForAddress(options.Endpoints[i % options.Endpoints.Count], new GrpcChannelOptions { MaxReceiveMessageSize = null }))
            .ToList();
        foreach (var channel in channels)
        {
            await new KV.KVClient(channel).RangeAsync(new RangeRequest { Key = KeyOf(0), Serializable = true }, cancellationToken: cancellationToken);
        }
        var latencies = new long[options.Total];
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, options.Clients).Select(client =>
            Task.Run(() => RunClientAsync(new KV.KVClient(channels[client % channels.Count]), client, latencies, cancellationToken), cancellationToken)));
        watch.Stop();
        foreach (var channel in channels)
        {
            channel.Dispose();
        }
        Array.Sort(latencies);
        return new StoreLoadResult(
            options.Work, options.Total, _failures, watch.Elapsed.TotalSeconds,
            Ms(latencies[options.Total / 2]), Ms(latencies[(int)(options.Total * 0.99)]), Ms(latencies[^1]), _firstFailure);
    }

    private async Task RunClientAsync(KV.KVClient kv, int client, long[] latencies, CancellationToken cancellationToken)
    {
        var random = new Prng((ulong)client + 1);
        var value = new byte[options.ValueSizeBytes];
        for (var i = 0; i < value.Length; i++)
        {
            value[i] = (byte)random.Next(256);
        }
        var content = ByteString.CopyFrom(value);
        while (Interlocked.Increment(ref _next) - 1 is var at && at < latencies.Length)
        {
            var key = KeyOf(random.Next(options.KeySpace));
            var begun = Stopwatch.GetTimestamp();
            try
            {
                await SendAsync(kv, key, content, cancellationToken);
            }
            catch (RpcException e)
            {
                Interlocked.Increment(ref _failures);
                Interlocked.CompareExchange(ref _firstFailure, e.Message, null);
            }
            latencies[at] = Stopwatch.GetTimestamp() - begun;
        }
    }

    private async Task SendAsync(KV.KVClient kv, ByteString key, ByteString value, CancellationToken cancellationToken)
    {
        switch (options.Work)
        {
            case "put":
                await kv.PutAsync(new PutRequest { Key = key, Value = value }, cancellationToken: cancellationToken);
                break;
            case "txn":
                var txn = new TxnRequest { Success = { new RequestOp { RequestPut = new PutRequest { Key = key, Value = value } } } };
                await kv.TxnAsync(txn, cancellationToken: cancellationToken);
                break;
            default:
                await kv.RangeAsync(new RangeRequest { Key = key, Serializable = options.Work == "srange" }, cancellationToken: cancellationToken);
                break;
        }
    }

    private ByteString KeyOf(int n)
    {
        var key = new byte[options.KeySizeBytes];
        BinaryPrimitives.WriteInt32BigEndian(key, n);
        return ByteString.CopyFrom(key);
    }

    private static double Ms(long ticks) => ticks * 1000.0 / Stopwatch.Frequency;
}
