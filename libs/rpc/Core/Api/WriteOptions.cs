namespace Grpc.Core;

/// <summary>Options of one written message. Immutable.</summary>
public class WriteOptions(WriteFlags flags = default)
{
    /// <summary>No hint: every message is sent at once.</summary>
    public static readonly WriteOptions Default = new();

    /// <summary>The hints.</summary>
    public WriteFlags Flags { get; } = flags;
}
