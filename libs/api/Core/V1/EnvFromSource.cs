using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>A config map or secret whose keys become environment variables.</summary>
public sealed class EnvFromSource
{
    /// <summary>Put before each key.</summary>
    [Field(1)]
    public string? Prefix { get; set; }

    /// <summary>The config map.</summary>
    [Field(2)]
    public ConfigMapEnvSource? ConfigMapRef { get; set; }

    /// <summary>The secret.</summary>
    [Field(3)]
    public SecretEnvSource? SecretRef { get; set; }
}
