using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class EnvFromSource
{
    [Field(1)]
    public string? Prefix { get; set; }

    [Field(2)]
    public ConfigMapEnvSource? ConfigMapRef { get; set; }

    [Field(3)]
    public SecretEnvSource? SecretRef { get; set; }
}
