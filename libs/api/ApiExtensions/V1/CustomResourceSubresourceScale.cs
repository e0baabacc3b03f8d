using Kube.Api.Schema;

namespace Kube.Api.ApiExtensions.V1;

public sealed class CustomResourceSubresourceScale
{
    [Field(1, Required = true, Always = true)]
    public string? SpecReplicasPath { get; set; }

    [Field(2, Required = true, Always = true)]
    public string? StatusReplicasPath { get; set; }

    [Field(3, Pointer = true)]
    public string? LabelSelectorPath { get; set; }
}
