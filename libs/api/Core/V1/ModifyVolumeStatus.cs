using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>How far a change of attributes is.</summary>
public sealed class ModifyVolumeStatus
{
    /// <summary>The class it is changing to.</summary>
    [Field(1)]
    public string? TargetVolumeAttributesClassName { get; set; }

    /// <summary>Pending, InProgress or Infeasible.</summary>
    [Field(2, Required = true, Always = true)]
    [Enum("InProgress", "Infeasible", "Pending")]
    public string? Status { get; set; }
}
