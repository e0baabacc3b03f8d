using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>No longer used.</summary>
public sealed class NodeConfigStatus
{
    /// <summary>No longer used.</summary>
    [Field(1)]
    public NodeConfigSource? Assigned { get; set; }

    /// <summary>No longer used.</summary>
    [Field(2)]
    public NodeConfigSource? Active { get; set; }

    /// <summary>No longer used.</summary>
    [Field(3)]
    public NodeConfigSource? LastKnownGood { get; set; }

    /// <summary>No longer used.</summary>
    [Field(4)]
    public string? Error { get; set; }
}
