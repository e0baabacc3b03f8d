using System.Buffers;

namespace Kube.Rpc.Server;

/// <summary>A response message that is written part by part, so that no more than a part of it need be in memory.</summary>
public interface IMessageParts
{
    /// <summary>Bytes of the whole message.</summary>
    long LengthBytes { get; }

    /// <summary>Writes the next part.</summary>
    /// <returns>False when there is none, and nothing was written.</returns>
    bool TryWriteNext(IBufferWriter<byte> output);
}
