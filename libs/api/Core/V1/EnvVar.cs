using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class EnvVar
{
    [Field(1, Required = true, Always = true)]
    public string? Name { get; set; }

    [Field(2)]
    public string? Value { get; set; }

    [Field(3)]
    public EnvVarSource? ValueFrom { get; set; }
}
