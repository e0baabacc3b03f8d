using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class EphemeralVolumeSource
{
    [Field(1)]
    public PersistentVolumeClaimTemplate? VolumeClaimTemplate { get; set; }
}
