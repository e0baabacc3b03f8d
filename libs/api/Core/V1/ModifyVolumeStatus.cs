using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class ModifyVolumeStatus
{
    [Field(1)]
    public string? TargetVolumeAttributesClassName { get; set; }

    [Field(2, Required = true, Always = true)]
    [Enum("Pending", "InProgress", "Infeasible")]
    public string? Status { get; set; }
}
