using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>One scope.</summary>
public sealed class ScopedResourceSelectorRequirement
{
    /// <summary>
    /// Name of the scope: Terminating, NotTerminating, BestEffort, NotBestEffort, PriorityClass or CrossNamespacePodAffinity.
    /// </summary>
    [Field(1, Required = true, Always = true)]
    [Enum("BestEffort", "CrossNamespacePodAffinity", "NotBestEffort", "NotTerminating", "PriorityClass", "Terminating")]
    public string? ScopeName { get; set; }

    /// <summary>In, NotIn, Exists or DoesNotExist.</summary>
    [Field(2, Required = true, Always = true)]
    [Enum("DoesNotExist", "Exists", "In", "NotIn")]
    public string? Operator { get; set; }

    /// <summary>Values for In and NotIn.</summary>
    [Field(3)]
    [ListType(ListKind.Atomic)]
    public List<string>? Values { get; set; }
}
