using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class PodResourceClaim
{
    [Field(1, Required = true, Always = true)]
    public string? Name { get; set; }

    [Field(3, Pointer = true)]
    public string? ResourceClaimName { get; set; }

    [Field(4, Pointer = true)]
    public string? ResourceClaimTemplateName { get; set; }
}
