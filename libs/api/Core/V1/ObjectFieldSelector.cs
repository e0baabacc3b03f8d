using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>A field of the pod.</summary>
[Atomic]
public sealed class ObjectFieldSelector
{
    /// <summary>Version in which the path is meant.</summary>
    [Field(1)]
    [Default("\"v1\"")]
    public string? ApiVersion { get; set; }

    /// <summary>Path of the field.</summary>
    [Field(2, Required = true, Always = true)]
    public string? FieldPath { get; set; }
}
