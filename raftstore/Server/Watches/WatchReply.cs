using System.Buffers;
using Etcd.V3;
using Google.Protobuf;
using Grpc.Core;

namespace Kube.RaftStore.Server.Watches;

/// <summary>
/// A <see cref="WatchResponse"/> on its way out: its fields but for the events, and the events as bytes, which all
/// watchers of the same change share. On the wire the two are one message.
/// </summary>
internal sealed class WatchReply(WatchResponse head, IReadOnlyList<byte[]> events)
{
    /// <summary>Bytes and back; reading is for in-process use, since servers only send it.</summary>
    public static readonly Marshaller<WatchReply> Marshaller = new(Write, static context
        => new WatchReply(WatchResponse.Parser.ParseFrom(context.PayloadAsReadOnlySequence()), []));

    public WatchReply(WatchResponse head)
        : this(head, [])
    {
    }

    /// <summary>Every field but the events.</summary>
    public WatchResponse Head => head;

    /// <summary>The events, each as <see cref="WatchEvent.Encoded"/> made it.</summary>
    public IReadOnlyList<byte[]> Events => events;

    /// <summary>Bytes of the message.</summary>
    public int SizeBytes
    {
        get
        {
            var size = head.CalculateSize();
            foreach (var encoded in events)
            {
                size += encoded.Length;
            }
            return size;
        }
    }

    /// <summary>The same as one message.</summary>
    public WatchResponse ToMessage()
    {
        var message = head.Clone();
        foreach (var encoded in events)
        {
            message.MergeFrom(encoded);
        }
        return message;
    }

    private static void Write(WatchReply reply, SerializationContext context)
    {
        context.SetPayloadLength(reply.SizeBytes);
        var output = context.GetBufferWriter();
        reply.Head.WriteTo(output);
        foreach (var encoded in reply.Events)
        {
            output.Write(encoded);
        }
        context.Complete();
    }
}
