using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>A device claim of a pod: one that exists, or one to be made for it.</summary>
public sealed class PodResourceClaim
{
    /// <summary>Name inside the pod, by which containers refer to it.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Name { get; set; }

    /// <summary>Name of an existing claim.</summary>
    [Field(3, Pointer = true)]
    public string? ResourceClaimName { get; set; }

    /// <summary>Name of the template to make a claim from.</summary>
    [Field(4, Pointer = true)]
    public string? ResourceClaimTemplateName { get; set; }
}
