using System.Buffers;
using Etcd.V3;
using Google.Protobuf;
using Kube.RaftStore.Apply;
using Kube.RaftStore.Mvcc;
using Kube.Rpc.Server;

namespace Kube.RaftStore.Server.Kv;

/// <summary>The answer to a range as a <see cref="RangeResponse"/> on the wire, a key at a time: each value is read when it is written.</summary>
internal sealed class RangeParts : IMessageParts
{
    private readonly RangeResponse _head;
    private readonly IReadOnlyList<KeyVersion> _versions;
    private readonly bool _keysOnly;
    private readonly IValueStore _values;
    private readonly RangeResponse _tail;
    private int _next = -1;

    /// <param name="result">What was found; its values must stay readable until all is written.</param>
    /// <param name="extent">How much that is, as <see cref="Measure(in RangeResult, bool)"/> has it.</param>
    /// <param name="header">The header, complete.</param>
    /// <param name="keysOnly">Whether the values stay out.</param>
    /// <param name="values">Where they are.</param>
    public RangeParts(in RangeResult result, in RangeExtent extent, ResponseHeader header, bool keysOnly, IValueStore values)
    {
        _versions = result.Versions;
        _keysOnly = keysOnly;
        _values = values;
        (_head, _tail) = Ends(header, extent);
        LengthBytes = LengthOf(header, extent);
    }

    public long LengthBytes { get; }

    /// <summary>How much was found: its sizes are those of the answer's fields.</summary>
    public static RangeExtent Measure(in RangeResult result, bool keysOnly)
    {
        long size = 0, largest = 0;
        foreach (var version in result.Versions)
        {
            var bytes = FieldSizeOf(version, keysOnly);
            (size, largest) = (size + bytes, Math.Max(largest, bytes));
        }
        return new RangeExtent(result.Status, result.Versions.Count, size, largest, result.Count, result.More);
    }

    /// <summary>How much a range is, as <see cref="Measure(in RangeResult, bool)"/> has it.</summary>
    public static RangeExtent Measure(LateRange range)
    {
        var keysOnly = range.KeysOnly;
        return range.View.Measure(range.Query, version => FieldSizeOf(version, keysOnly));
    }

    /// <summary>Bytes of the whole message.</summary>
    public static long LengthOf(ResponseHeader header, in RangeExtent extent)
    {
        var (head, tail) = Ends(header, extent);
        return head.CalculateSize() + extent.SizeBytes + tail.CalculateSize();
    }

    /// <inheritdoc/>
    /// <exception cref="ValueGoneException">A value was given up.</exception>
    public bool TryWriteNext(IBufferWriter<byte> output)
    {
        var at = _next++;
        if (at < 0)
        {
            _head.WriteTo(output);
            return true;
        }
        if (at < _versions.Count)
        {
            var version = _versions[at];
            WireParts.WriteTagAndLength(output, RangeResponse.KvsFieldNumber, SizeOf(version, _keysOnly));
            RangeMapping.ToMessage(version, _keysOnly ? default : _values.Read(version.Value)).WriteTo(output);
            return true;
        }
        if (at == _versions.Count)
        {
            _tail.WriteTo(output);
            return true;
        }
        return false;
    }

    /// <summary>What stands before the keys, and behind them.</summary>
    private static (RangeResponse Head, RangeResponse Tail) Ends(ResponseHeader header, in RangeExtent extent)
        => (new RangeResponse { Header = header }, new RangeResponse { More = extent.More, Count = extent.Count });

    /// <summary>Bytes of a <see cref="KeyValue"/> with its tag and length.</summary>
    private static long FieldSizeOf(KeyVersion version, bool keysOnly) => WireParts.FieldSizeOf(SizeOf(version, keysOnly));

    /// <summary>Bytes of a <see cref="KeyValue"/>; the value is not looked at.</summary>
    private static int SizeOf(KeyVersion version, bool keysOnly)
        => SizeOf(version.Key.Length) + SizeOf(keysOnly ? 0 : version.Value.Length)
            + SizeOf(version.CreateRevision) + SizeOf(version.ModRevision) + SizeOf(version.Version) + SizeOf(version.Lease);

    private static int SizeOf(int bytes) => bytes == 0 ? 0 : 1 + CodedOutputStream.ComputeLengthSize(bytes) + bytes;

    private static int SizeOf(long number) => number == 0 ? 0 : 1 + CodedOutputStream.ComputeInt64Size(number);
}
