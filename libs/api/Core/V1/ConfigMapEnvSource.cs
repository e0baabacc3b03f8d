using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>A config map taken as environment.</summary>
public sealed class ConfigMapEnvSource
{
    /// <summary>Name of the config map.</summary>
    [Field(1, Within = 1)]
    [Default("\"\"")]
    public string? Name { get; set; }

    /// <summary>Whether the pod starts without it.</summary>
    [Field(2)]
    public bool? Optional { get; set; }
}
