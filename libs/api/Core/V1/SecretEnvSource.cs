using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>A secret taken as environment.</summary>
public sealed class SecretEnvSource
{
    /// <summary>Name of the secret.</summary>
    [Field(1, Within = 1)]
    [Default("\"\"")]
    public string? Name { get; set; }

    /// <summary>Whether the pod starts without it.</summary>
    [Field(2)]
    public bool? Optional { get; set; }
}
