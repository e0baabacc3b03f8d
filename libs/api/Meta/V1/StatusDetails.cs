using Kube.Api.Schema;

namespace Kube.Api.Meta.V1;

/// <summary>What a failure is about.</summary>
public sealed class StatusDetails
{
    /// <summary>Name of the object.</summary>
    [Field(1)]
    public string? Name { get; set; }

    /// <summary>Group of the object.</summary>
    [Field(2)]
    public string? Group { get; set; }

    /// <summary>Kind, or resource, of the object.</summary>
    [Field(3)]
    public string? Kind { get; set; }

    /// <summary>Identity of the object.</summary>
    [Field(6)]
    public string? Uid { get; set; }

    /// <summary>The single faults behind the failure.</summary>
    [Field(4)]
    [ListType(ListKind.Atomic)]
    public List<StatusCause>? Causes { get; set; }

    /// <summary>Seconds to wait before trying again.</summary>
    [Field(5)]
    public int RetryAfterSeconds { get; set; }
}
