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

    public KeyVersion Version => version;

    public int SizeBytes => version.Key.Length + version.Value.Length + 64;

    /// <summary>
    /// The change as a field of <see cref="WatchResponse"/>, tag and length included, with the version before it if
    /// asked for and not compacted. Not to be written to.
    /// </summary>
    public byte[] Encoded(bool withPrevious)
    {
        // Two threads may both make it; the results are the same.
        if (!withPrevious)
        {
            return _plain ??= Encode(RangeMapping.ToEvent(version, store.Values));
        }
        return _withPrevious ??= EncodeWithPrevious();
    }

    private byte[] EncodeWithPrevious()
    {
        if (store.PreviousOf(version) is not { } previous)
        {
            return Encoded(withPrevious: false);
        }
        var message = RangeMapping.ToEvent(version, store.Values);
        message.PrevKv = RangeMapping.ToMessage(previous, store.Values);
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
