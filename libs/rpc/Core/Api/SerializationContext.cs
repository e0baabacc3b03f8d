using System.Buffers;

namespace Grpc.Core;

/// <summary>
/// Where a serializer puts the bytes of one message; valid until the serializer returns. Either
/// <see cref="Complete(byte[])"/>, or <see cref="GetBufferWriter"/> and <see cref="Complete()"/>.
/// </summary>
public abstract class SerializationContext
{
    /// <summary>The message is this array, which the transport copies before the serializer returns.</summary>
    public virtual void Complete(byte[] payload) => throw new NotImplementedException();

    /// <summary>A writer for the bytes of the message. It belongs to the transport and must not be kept.</summary>
    public virtual IBufferWriter<byte> GetBufferWriter() => throw new NotImplementedException();

    /// <summary>
    /// Says how many bytes will be written, so that they can go straight into the output. Writing another number is
    /// an error.
    /// </summary>
    public virtual void SetPayloadLength(int payloadLength)
    {
    }

    /// <summary>The message has been written.</summary>
    public virtual void Complete() => throw new NotImplementedException();
}
