using Kube.Api.Schema;

namespace Kube.Api.Storage.V1;

/// <summary>The CSI drivers on a node.</summary>
public sealed class CSINodeSpec
{
    /// <summary>The drivers.</summary>
    [Field(1, Required = true, Always = true)]
    [ListType(ListKind.Map, "name")]
    [PatchStrategy("merge", MergeKey = "name")]
    public List<CSINodeDriver>? Drivers { get; set; }
}
