using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Core.V1;

public sealed class ResourceQuotaStatus
{
    [Field(1)]
    public Dictionary<string, Quantity>? Hard { get; set; }

    [Field(2)]
    public Dictionary<string, Quantity>? Used { get; set; }
}
