using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>Bounds and defaults.</summary>
public sealed class LimitRangeSpec
{
    /// <summary>One entry for each kind of thing bounded.</summary>
    [Field(1, Required = true, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<LimitRangeItem>? Limits { get; set; }
}
