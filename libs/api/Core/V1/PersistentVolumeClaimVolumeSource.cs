using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>The volume bound to a claim.</summary>
public sealed class PersistentVolumeClaimVolumeSource
{
    /// <summary>Name of the claim, in the pod's namespace.</summary>
    [Field(1, Required = true, Always = true)]
    public string? ClaimName { get; set; }

    /// <summary>Mounts it read-only everywhere in the pod.</summary>
    [Field(2)]
    public bool ReadOnly { get; set; }
}
