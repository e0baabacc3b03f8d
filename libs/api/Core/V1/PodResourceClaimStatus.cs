using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>The claim behind one of the pod's claims.</summary>
public sealed class PodResourceClaimStatus
{
    /// <summary>Name inside the pod.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Name { get; set; }

    /// <summary>Name of the claim made for the pod; absent when none was needed.</summary>
    [Field(2, Pointer = true)]
    public string? ResourceClaimName { get; set; }
}
