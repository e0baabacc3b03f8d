namespace Kube.Streams.Spdy;

/// <summary>What one connection may take.</summary>
public sealed record SpdyLimits
{
    /// <summary>Most streams at a time; more are refused.</summary>
    public int MaxStreams { get; init; } = 512;

    /// <summary>Bytes of a stream that wait for its reader before the connection stands still.</summary>
    public int StreamBufferBytes { get; init; } = 128 * 1024;
}
