using System.Buffers.Binary;
using Etcd.V3;
using Google.Protobuf;
using Kube.Base;
using Kube.Load.Http2;

namespace Kube.Load;

/// <summary>What load to put on a store.</summary>
internal sealed record StoreLoadOptions
{
    /// <summary>URLs of members, without TLS.</summary>
    public required IReadOnlyList<string> Endpoints { get; init; }

    /// <summary>Connections, spread over the endpoints.</summary>
    public required int Connections { get; init; }

    /// <summary>Calls under way at a time.</summary>
    public required int Clients { get; init; }

    /// <summary>Calls in all.</summary>
    public required int Total { get; init; }

    /// <summary>put, txn, range, srange or mixed: eight ranges to two puts.</summary>
    public required string Work { get; init; }

    public int KeySizeBytes { get; init; } = 32;

    public int ValueSizeBytes { get; init; } = 256;

    /// <summary>Different keys, of which each call takes one at random; 0 for a new key with every call.</summary>
    public int KeySpace { get; init; } = 100_000;

    /// <summary>The first of the new keys.</summary>
    public int FirstKey { get; init; }
}

/// <summary>Clients that send one request after the other, over a number of connections.</summary>
internal sealed class StoreLoad
{
    private const string Put = "/etcdserverpb.KV/Put";
    private const string Range = "/etcdserverpb.KV/Range";

    /// <summary>Of ten calls of mixed work, how many read.</summary>
    private const int ReadsOfTen = 8;

    private readonly StoreLoadOptions _options;
    private readonly byte[] _template;
    private readonly byte[] _readTemplate;
    private readonly int _keyOffset;
    private readonly int _readKeyOffset;
    private readonly ThreadLocal<(byte[] Write, byte[] Read)> _messages;

    public StoreLoad(StoreLoadOptions options)
    {
        _options = options;
        var random = new Prng(1);
        var key = Bytes(options.KeySizeBytes, random);
        var value = Bytes(options.ValueSizeBytes, random);
        _template = Request(options.Work, key, value).ToByteArray();
        _keyOffset = _template.AsSpan().IndexOf(key);
        _readTemplate = Request("range", key, value).ToByteArray();
        _readKeyOffset = _readTemplate.AsSpan().IndexOf(key);
        _messages = new ThreadLocal<(byte[], byte[])>(() => ([.. _template], [.. _readTemplate]));
    }

    public Task<LoadResult> RunAsync(CancellationToken cancellationToken) => RunAsync(
        _options,
        _options.Work switch
        {
            "put" => [Put],
            "txn" => ["/etcdserverpb.KV/Txn"],
            "mixed" => [Range, Put],
            _ => [Range],
        },
        Call,
        cancellationToken);

    /// <summary>Makes any calls, with the connections, clients and number of calls of the options.</summary>
    public static Task<LoadResult> RunAsync(
        StoreLoadOptions options, IReadOnlyList<string> paths, Func<int, (int Path, ReadOnlyMemory<byte> Message)> call, CancellationToken cancellationToken)
        => LoadRun.RunAsync(
            options.Work, new GrpcCalls(paths, options.Total, call), options.Endpoints, options.Connections, options.Clients, null, cancellationToken);

    /// <summary>The request of a call: a fixed mixing of its number chooses the key, so that every run asks the same.</summary>
    private (int Path, ReadOnlyMemory<byte> Message) Call(int index)
    {
        var mixed = (uint)((ulong)(index + 1) * 0x9E3779B97F4A7C15 >> 32);
        var key = _options.KeySpace == 0 ? (uint)(_options.FirstKey + index) : mixed % (uint)_options.KeySpace;
        var (write, read) = _messages.Value;
        if (_options.Work == "mixed" && mixed / 7 % 10 < ReadsOfTen)
        {
            BinaryPrimitives.WriteUInt32BigEndian(read.AsSpan(_readKeyOffset), key);
            return (0, read);
        }

        BinaryPrimitives.WriteUInt32BigEndian(write.AsSpan(_keyOffset), key);
        return (_options.Work == "mixed" ? 1 : 0, write);
    }

    private static IMessage Request(string work, byte[] keyBytes, byte[] value)
    {
        var key = ByteString.CopyFrom(keyBytes);
        var put = new PutRequest { Key = key, Value = ByteString.CopyFrom(value) };
        return work switch
        {
            "put" or "mixed" => put,
            "txn" => new TxnRequest { Success = { new RequestOp { RequestPut = put } } },
            _ => new RangeRequest { Key = key, Serializable = work == "srange" },
        };
    }

    private static byte[] Bytes(int count, Prng random)
    {
        var bytes = new byte[count];
        for (var i = 0; i < count; i++)
        {
            bytes[i] = (byte)random.Next(256);
        }

        return bytes;
    }
}
