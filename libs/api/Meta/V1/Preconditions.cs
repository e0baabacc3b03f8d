using Kube.Api.Schema;

namespace Kube.Api.Meta.V1;

/// <summary>What must be true of an object for it to be deleted.</summary>
public sealed class Preconditions
{
    /// <summary>The identity it must have.</summary>
    [Field(1, Pointer = true)]
    public string? Uid { get; set; }

    /// <summary>The version it must have.</summary>
    [Field(2, Pointer = true)]
    public string? ResourceVersion { get; set; }
}
