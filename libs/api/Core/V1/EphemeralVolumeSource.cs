using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>A volume made for the pod through a claim.</summary>
public sealed class EphemeralVolumeSource
{
    /// <summary>The claim to make; it belongs to the pod and goes with it.</summary>
    [Field(1)]
    public PersistentVolumeClaimTemplate? VolumeClaimTemplate { get; set; }
}
