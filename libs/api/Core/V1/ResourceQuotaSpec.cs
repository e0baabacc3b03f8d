using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Core.V1;

public sealed class ResourceQuotaSpec
{
    [Field(1)]
    public Dictionary<string, Quantity>? Hard { get; set; }

    [Field(2)]
    [ListType(ListKind.Atomic)]
    [Enum("Terminating", "NotTerminating", "BestEffort", "NotBestEffort", "PriorityClass", "CrossNamespacePodAffinity")]
    public List<string>? Scopes { get; set; }

    [Field(3)]
    public ScopeSelector? ScopeSelector { get; set; }
}
