namespace Grpc.Core;

/// <summary>
/// Turns messages into bytes and back. Called on the thread that writes or reads the message, by many calls at a
/// time, so both functions must be thread-safe. The contexts are valid only during the function.
/// </summary>
public class Marshaller<T>
{
    private readonly Func<T, byte[]>? _simpleSerializer;
    private readonly Func<byte[], T>? _simpleDeserializer;

    /// <summary>A marshaller over byte arrays: simple, and one copy each way.</summary>
    public Marshaller(Func<T, byte[]> serializer, Func<byte[], T> deserializer)
    {
        ArgumentNullException.ThrowIfNull(serializer);
        ArgumentNullException.ThrowIfNull(deserializer);
        _simpleSerializer = serializer;
        _simpleDeserializer = deserializer;
        ContextualSerializer = (message, context) => context.Complete(serializer(message));
        ContextualDeserializer = context => deserializer(context.PayloadAsNewBuffer());
    }

    /// <summary>
    /// A marshaller over the transport's buffers. The serializer calls <see cref="SerializationContext.SetPayloadLength"/>
    /// and writes that many bytes into <see cref="SerializationContext.GetBufferWriter"/> before
    /// <see cref="SerializationContext.Complete()"/>: this is the path without a copy, and the way to send bytes that
    /// are encoded already.
    /// </summary>
    public Marshaller(Action<T, SerializationContext> serializer, Func<DeserializationContext, T> deserializer)
    {
        ArgumentNullException.ThrowIfNull(serializer);
        ArgumentNullException.ThrowIfNull(deserializer);
        ContextualSerializer = serializer;
        ContextualDeserializer = deserializer;
    }

    /// <summary>Serializes into a context.</summary>
    public Action<T, SerializationContext> ContextualSerializer { get; }

    /// <summary>Deserializes from a context.</summary>
    public Func<DeserializationContext, T> ContextualDeserializer { get; }

    /// <summary>Serializes into a new array.</summary>
    public Func<T, byte[]> Serializer => _simpleSerializer ?? SerializeToArray;

    /// <summary>Deserializes from an array.</summary>
    public Func<byte[], T> Deserializer => _simpleDeserializer ?? DeserializeFromArray;

    private byte[] SerializeToArray(T message)
    {
        var context = new ArraySerializationContext();
        ContextualSerializer(message, context);
        return context.ToArray();
    }

    private T DeserializeFromArray(byte[] payload) => ContextualDeserializer(new ArrayDeserializationContext(payload));
}
