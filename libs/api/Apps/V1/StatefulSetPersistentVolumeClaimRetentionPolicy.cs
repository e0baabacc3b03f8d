using Kube.Api.Schema;

namespace Kube.Api.Apps.V1;

/// <summary>What becomes of claims: Retain keeps them, Delete removes them.</summary>
public sealed class StatefulSetPersistentVolumeClaimRetentionPolicy
{
    /// <summary>When the set is deleted.</summary>
    [Field(1)]
    [Default("\"Retain\"")]
    public string? WhenDeleted { get; set; }

    /// <summary>When the set shrinks.</summary>
    [Field(2)]
    [Default("\"Retain\"")]
    public string? WhenScaled { get; set; }
}
