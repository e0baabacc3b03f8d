using Kube.Api.Schema;

namespace Kube.Api.Meta.V1;

/// <summary>One fault behind a failure.</summary>
public sealed class StatusCause
{
    /// <summary>What kind of fault it is, as one word for programs.</summary>
    [Field(1)]
    public string? Reason { get; set; }

    /// <summary>The fault in words for people.</summary>
    [Field(2)]
    public string? Message { get; set; }

    /// <summary>Path of the field at fault, such as spec.containers[0].name.</summary>
    [Field(3)]
    public string? Field { get; set; }
}
