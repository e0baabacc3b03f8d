using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class PersistentVolumeClaimVolumeSource
{
    [Field(1, Required = true, Always = true)]
    public string? ClaimName { get; set; }

    [Field(2)]
    public bool ReadOnly { get; set; }
}
