using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Core.V1;

/// <summary>Bounds on a namespace.</summary>
public sealed class ResourceQuotaSpec
{
    /// <summary>The most of each resource or number of objects.</summary>
    [Field(1)]
    public Dictionary<string, Quantity>? Hard { get; set; }

    /// <summary>Counts only objects that fit every scope.</summary>
    [Field(2)]
    [ListType(ListKind.Atomic)]
    [Enum("BestEffort", "CrossNamespacePodAffinity", "NotBestEffort", "NotTerminating", "PriorityClass", "Terminating")]
    public List<string>? Scopes { get; set; }

    /// <summary>Counts only objects that fit these scopes and values.</summary>
    [Field(3)]
    public ScopeSelector? ScopeSelector { get; set; }
}
