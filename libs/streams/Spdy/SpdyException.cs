namespace Kube.Streams.Spdy;

/// <summary>The peer broke the protocol, or a stream or the connection was ended from the other side.</summary>
public sealed class SpdyException(string message, Exception? inner = null) : IOException(message, inner);
