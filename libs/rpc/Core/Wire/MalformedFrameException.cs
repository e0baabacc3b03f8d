using System.Buffers.Binary;

namespace Kube.Rpc.Wire;

/// <summary>The peer does not speak the framing of gRPC.</summary>
internal sealed class MalformedFrameException(string message) : Exception(message);
