using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>One condition on a node.</summary>
public sealed class NodeSelectorRequirement
{
    /// <summary>Key of the label.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Key { get; set; }

    /// <summary>How it is compared: In, NotIn, Exists, DoesNotExist, Gt or Lt.</summary>
    [Field(2, Required = true, Always = true)]
    [Enum("DoesNotExist", "Exists", "Gt", "In", "Lt", "NotIn")]
    public string? Operator { get; set; }

    /// <summary>Values to compare with; one whole number for Gt and Lt.</summary>
    [Field(3)]
    [ListType(ListKind.Atomic)]
    public List<string>? Values { get; set; }
}
