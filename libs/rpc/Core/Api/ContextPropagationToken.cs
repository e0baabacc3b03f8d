namespace Grpc.Core;

/// <summary>
/// The deadline and cancellation of a server call, for the client calls that its handler makes. The cancellation is
/// taken over only by a call that has no cancellation of its own.
/// </summary>
public sealed class ContextPropagationToken
{
    internal ContextPropagationToken(DateTime deadline, CancellationToken cancellationToken)
    {
        Deadline = deadline;
        CancellationToken = cancellationToken;
    }

    internal DateTime Deadline { get; }

    internal CancellationToken CancellationToken { get; }
}
