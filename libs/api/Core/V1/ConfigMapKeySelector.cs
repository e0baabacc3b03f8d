using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>A key of a config map in the pod's namespace.</summary>
[Atomic]
public sealed class ConfigMapKeySelector
{
    /// <summary>Name of the config map.</summary>
    [Field(1, Within = 1)]
    [Default("\"\"")]
    public string? Name { get; set; }

    /// <summary>The key.</summary>
    [Field(2, Required = true, Always = true)]
    public string? Key { get; set; }

    /// <summary>Whether the pod starts without it.</summary>
    [Field(3)]
    public bool? Optional { get; set; }
}
