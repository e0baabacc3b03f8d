using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>A label and the values it may have.</summary>
public sealed class TopologySelectorLabelRequirement
{
    /// <summary>Key of the label.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Key { get; set; }

    /// <summary>The values, any of which will do.</summary>
    [Field(2, Required = true, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<string>? Values { get; set; }
}
