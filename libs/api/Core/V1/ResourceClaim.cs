using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>A device claim that a container uses.</summary>
public sealed class ResourceClaim
{
    /// <summary>Its name in the pod's resourceClaims.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Name { get; set; }

    /// <summary>One request of the claim; all of it when empty.</summary>
    [Field(2)]
    public string? Request { get; set; }
}
