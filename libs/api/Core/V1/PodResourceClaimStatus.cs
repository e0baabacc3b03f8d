using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class PodResourceClaimStatus
{
    [Field(1, Required = true, Always = true)]
    public string? Name { get; set; }

    [Field(2, Pointer = true)]
    public string? ResourceClaimName { get; set; }
}
