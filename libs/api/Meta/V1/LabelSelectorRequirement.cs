using Kube.Api.Schema;

namespace Kube.Api.Meta.V1;

/// <summary>One condition on a label.</summary>
public sealed class LabelSelectorRequirement
{
    /// <summary>The label's key.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Key { get; set; }

    /// <summary>How the label is compared: In, NotIn, Exists or DoesNotExist.</summary>
    [Field(2, Required = true, Always = true)]
    public string? Operator { get; set; }

    /// <summary>Values for In and NotIn; none for the others.</summary>
    [Field(3)]
    [ListType(ListKind.Atomic)]
    public List<string>? Values { get; set; }
}
