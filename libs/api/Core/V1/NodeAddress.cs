using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class NodeAddress
{
    [Field(1, Required = true, Always = true)]
    public string? Type { get; set; }

    [Field(2, Required = true, Always = true)]
    public string? Address { get; set; }
}
