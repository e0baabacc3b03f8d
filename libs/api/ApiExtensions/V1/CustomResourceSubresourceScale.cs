using Kube.Api.Schema;

namespace Kube.Api.ApiExtensions.V1;

/// <summary>Where the scale subresource finds its values.</summary>
public sealed class CustomResourceSubresourceScale
{
    /// <summary>Path of the wanted number.</summary>
    [Field(1, Required = true, Always = true)]
    public string? SpecReplicasPath { get; set; }

    /// <summary>Path of the present number.</summary>
    [Field(2, Required = true, Always = true)]
    public string? StatusReplicasPath { get; set; }

    /// <summary>Path of the selector, as a string.</summary>
    [Field(3, Pointer = true)]
    public string? LabelSelectorPath { get; set; }
}
