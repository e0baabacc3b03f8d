using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class ConfigMapEnvSource
{
    [Field(1, Within = 1)]
    [Default("\"\"")]
    public string? Name { get; set; }

    [Field(2)]
    public bool? Optional { get; set; }
}
