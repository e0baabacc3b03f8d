using System.Buffers;

namespace Grpc.Core;

/// <summary>The bytes of one received message; valid until the deserializer returns.</summary>
public abstract class DeserializationContext
{
    /// <summary>Size of the message in bytes.</summary>
    public abstract int PayloadLength { get; }

    /// <summary>The message in an array of its own, which the caller may keep.</summary>
    public virtual byte[] PayloadAsNewBuffer() => throw new NotImplementedException();

    /// <summary>The message where it was received. The memory is the transport's: it must be copied to be kept.</summary>
    public virtual ReadOnlySequence<byte> PayloadAsReadOnlySequence() => throw new NotImplementedException();
}
