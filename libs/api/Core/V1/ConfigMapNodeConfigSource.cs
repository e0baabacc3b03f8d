using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class ConfigMapNodeConfigSource
{
    [Field(1, Required = true, Always = true)]
    public string? Namespace { get; set; }

    [Field(2, Required = true, Always = true)]
    public string? Name { get; set; }

    [Field(3)]
    public string? Uid { get; set; }

    [Field(4)]
    public string? ResourceVersion { get; set; }

    [Field(5, Required = true, Always = true)]
    public string? KubeletConfigKey { get; set; }
}
