using Etcd.V3;
using Google.Protobuf;
using Kube.RaftStore.Apply;
using Kube.RaftStore.Mvcc;

namespace Kube.RaftStore.Server.Watches;

/// <summary>
/// One change on its way to watchers. All watchers of a change share one, so that it is encoded once in each of its
/// two forms, whoever needs it first.
/// </summary>
internal sealed class WatchEvent(KeyVersion version, MvccStore store)
{
    private byte[]? _plain;
    private byte[]? _withPrevious;
    private ReadOnlyMemory<byte> _value;
    private KeyVersion? _previous;
    private ReadOnlyMemory<byte> _previousValue;

    public KeyVersion Version => version;

    /// <summary>About what it holds once <see cref="Hold"/> was called, and its encoding will have.</summary>
    public int SizeBytes => version.Key.Length + version.Value.Length + (_previous is null ? 0 : _previous.Key.Length + _previous.Value.Length) + 64;

    /// <summary>
    /// Takes hold of the values, so that compaction may pass the change before it is sent. By whoever finds it, before anyone
    /// else has it.
    /// </summary>
    /// <param name="withPrevious">Whether the version before it is asked for; it stays out when it is compacted.</param>
    /// <exception cref="ValueGoneException">Compaction has passed it.</exception>
    public void Hold(bool withPrevious)
    {
        if (_value.IsEmpty && !version.IsTombstone)
        {
            _value = store.Values.Read(version.Value);
        }
        if (withPrevious && _previous is null && store.PreviousOf(version) is { } previous)
        {
            _previousValue = store.Values.Read(previous.Value);
            _previous = previous;
        }
    }

    /// <summary>
    /// The change as a field of <see cref="WatchResponse"/>, tag and length included, with the version before it if
    /// asked for and not compacted. Not to be written to.
    /// </summary>
    public byte[] Encoded(bool withPrevious)
    {
        // Two threads may both make it; the results are the same.
        if (!withPrevious)
        {
            return _plain ??= Encode(RangeMapping.ToEvent(version, _value));
        }
        return _withPrevious ??= EncodeWithPrevious();
    }

    private byte[] EncodeWithPrevious()
    {
        if (_previous is not { } previous)
        {
            return Encoded(withPrevious: false);
        }
        var message = RangeMapping.ToEvent(version, _value);
        message.PrevKv = RangeMapping.ToMessage(previous, _previousValue);
        return Encode(message);
    }

    private static byte[] Encode(Event message)
    {
        var tag = WireFormat.MakeTag(WatchResponse.EventsFieldNumber, WireFormat.WireType.LengthDelimited);
        var size = message.CalculateSize();
        var encoded = new byte[CodedOutputStream.ComputeRawVarint32Size(tag) + CodedOutputStream.ComputeLengthSize(size) + size];
        using var output = new CodedOutputStream(encoded);
        output.WriteTag(tag);
        output.WriteLength(size);
        message.WriteTo(output);
        output.CheckNoSpaceLeft();
        return encoded;
    }
}
