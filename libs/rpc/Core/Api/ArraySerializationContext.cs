using System.Buffers;

namespace Grpc.Core;

/// <summary>A serialization context that collects the message in memory.</summary>
internal sealed class ArraySerializationContext : SerializationContext
{
    private readonly ArrayBufferWriter<byte> _writer = new();

    public override void Complete(byte[] payload) => _writer.Write(payload);

    public override IBufferWriter<byte> GetBufferWriter() => _writer;

    public override void Complete()
    {
    }

    public byte[] ToArray() => _writer.WrittenSpan.ToArray();
}
