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
    private readonly ResponseHeader _header;
    private readonly IReadOnlyList<KeyVersion> _versions;
    private readonly bool _keysOnly;
    private readonly IValueStore _values;
    private readonly RangeResponse _tail;
    private int _next = -1;

    /// <param name="result">What was found; its values must stay readable until all is written.</param>
    /// <param name="header">The header, complete.</param>
    /// <param name="keysOnly">Whether the values stay out.</param>
    /// <param name="values">Where they are.</param>
    public RangeParts(in RangeResult result, ResponseHeader header, bool keysOnly, IValueStore values)
    {
        _header = header;
        _versions = result.Versions;
        _keysOnly = keysOnly;
        _values = values;
        _tail = new RangeResponse { More = result.More, Count = result.Count };
        LengthBytes = new RangeResponse { Header = header }.CalculateSize() + _tail.CalculateSize();
        foreach (var version in _versions)
        {
            var size = SizeOf(version);
            LengthBytes += 1 + CodedOutputStream.ComputeLengthSize(size) + size;
        }
    }

    public long LengthBytes { get; }

    /// <inheritdoc/>
    /// <exception cref="ValueGoneException">A value was given up.</exception>
    public bool TryWriteNext(IBufferWriter<byte> output)
    {
        var at = _next++;
        if (at < 0)
        {
            new RangeResponse { Header = _header }.WriteTo(output);
            return true;
        }
        if (at < _versions.Count)
        {
            var version = _versions[at];
            WriteTagAndLength(output, RangeResponse.KvsFieldNumber, SizeOf(version));
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

    /// <summary>Bytes of a <see cref="KeyValue"/>; the value is not looked at.</summary>
    private int SizeOf(KeyVersion version)
        => SizeOf(version.Key.Length) + SizeOf(_keysOnly ? 0 : version.Value.Length)
            + SizeOf(version.CreateRevision) + SizeOf(version.ModRevision) + SizeOf(version.Version) + SizeOf(version.Lease);

    private static int SizeOf(int bytes) => bytes == 0 ? 0 : 1 + CodedOutputStream.ComputeLengthSize(bytes) + bytes;

    private static int SizeOf(long number) => number == 0 ? 0 : 1 + CodedOutputStream.ComputeInt64Size(number);

    private static void WriteTagAndLength(IBufferWriter<byte> output, int field, int length)
    {
        var span = output.GetSpan(6);
        var at = 0;
        span[at++] = (byte)WireFormat.MakeTag(field, WireFormat.WireType.LengthDelimited);
        var rest = (uint)length;
        for (; rest >= 0x80; rest >>= 7)
        {
            span[at++] = (byte)(rest | 0x80);
        }
        span[at++] = (byte)rest;
        output.Advance(at);
    }
}
