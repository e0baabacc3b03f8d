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

    /// <summary>put, txn, range or srange.</summary>
    public required string Work { get; init; }

    public int KeySizeBytes { get; init; } = 32;

    public int ValueSizeBytes { get; init; } = 256;

    /// <summary>Different keys, of which each call takes one at random; 0 for a new key with every call.</summary>
    public int KeySpace { get; init; } = 100_000;
}

/// <summary>Clients that send one request after the other, over a number of connections.</summary>
internal sealed class StoreLoad
{
    private readonly StoreLoadOptions _options;
    private readonly byte[] _template;
    private readonly int _keyOffset;
    private readonly ThreadLocal<byte[]> _message;

    public StoreLoad(StoreLoadOptions options)
    {
        _options = options;
        var random = new Prng(1);
        var key = Bytes(options.KeySizeBytes, random);
        _template = Request(ByteString.CopyFrom(key), ByteString.CopyFrom(Bytes(options.ValueSizeBytes, random))).ToByteArray();
        _keyOffset = _template.AsSpan().IndexOf(key);
        _message = new ThreadLocal<byte[]>(() => [.. _template]);
    }

    public async Task<LoadResult> RunAsync(CancellationToken cancellationToken)
    {
        var path = _options.Work switch
        {
            "put" => "/etcdserverpb.KV/Put",
            "txn" => "/etcdserverpb.KV/Txn",
            _ => "/etcdserverpb.KV/Range",
        };
        var calls = new GrpcCalls(path, _options.Total, _template.Length, Message);
        return await LoadRun.RunAsync(
            _options.Work, calls, _options.Endpoints, _options.Connections, _options.Clients, null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The request of a call: a fixed mixing of its number chooses the key, so that every run asks the same.</summary>
    private byte[] Message(int index)
    {
        var mixed = (uint)((ulong)(index + 1) * 0x9E3779B97F4A7C15 >> 32);
        var key = _options.KeySpace == 0 ? (uint)index : mixed % (uint)_options.KeySpace;
        var message = _message.Value!;
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(_keyOffset), key);
        return message;
    }

    private IMessage Request(ByteString key, ByteString value)
    {
        var put = new PutRequest { Key = key, Value = value };
        return _options.Work switch
        {
            "put" => put,
            "txn" => new TxnRequest { Success = { new RequestOp { RequestPut = put } } },
            _ => new RangeRequest { Key = key, Serializable = _options.Work == "srange" },
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
