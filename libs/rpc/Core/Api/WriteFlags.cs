namespace Grpc.Core;

/// <summary>Hints about one written message.</summary>
[Flags]
public enum WriteFlags
{
    /// <summary>
    /// More will follow soon: the message may wait in the output buffer until a message without the hint, or the end
    /// of the stream, or until the buffer holds 64 KiB.
    /// </summary>
    BufferHint = 1,

    /// <summary>Do not compress this message although the call is compressed.</summary>
    NoCompress = 2,
}
