namespace Grpc.Core;

/// <summary>Which parts of a server call are handed on.</summary>
public class ContextPropagationOptions(bool propagateDeadline = true, bool propagateCancellation = true)
{
    /// <summary>Deadline and cancellation.</summary>
    public static readonly ContextPropagationOptions Default = new();

    /// <summary>Whether the deadline is handed on.</summary>
    public bool IsPropagateDeadline { get; } = propagateDeadline;

    /// <summary>Whether the cancellation is handed on.</summary>
    public bool IsPropagateCancellation { get; } = propagateCancellation;
}
