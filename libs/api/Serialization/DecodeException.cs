namespace Kube.Api.Serialization;

/// <summary>
/// A body that cannot be decoded; the only exception that the decoders throw. The message is in Kubernetes'
/// words and fit for a client.
/// </summary>
public sealed class DecodeException : Exception
{
    public DecodeException(string message)
        : base(message)
    {
    }

    public DecodeException(string message, Exception inner)
        : base(message, inner)
    {
    }

    /// <summary>What the body calls itself, when that much could be read; null otherwise.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>What the body calls itself, when that much could be read; null otherwise.</summary>
    public string? Kind { get; init; }

    /// <summary>True when strict field validation refused the body.</summary>
    public bool IsStrict { get; init; }

    internal DecodeException With(string apiVersion, string kind) =>
        new(Message, this) { ApiVersion = apiVersion, Kind = kind, IsStrict = IsStrict };
}
