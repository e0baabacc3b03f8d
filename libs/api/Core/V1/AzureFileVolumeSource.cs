using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class AzureFileVolumeSource
{
    [Field(1, Required = true, Always = true)]
    public string? SecretName { get; set; }

    [Field(2, Required = true, Always = true)]
    public string? ShareName { get; set; }

    [Field(3)]
    public bool ReadOnly { get; set; }
}
