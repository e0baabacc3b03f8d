using Kube.Api.Schema;

namespace Kube.Api.Storage.V1;

public sealed class CSINodeSpec
{
    [Field(1, Required = true, Always = true)]
    [ListType(ListKind.Map, "name")]
    [PatchStrategy("merge", MergeKey = "name")]
    public List<CSINodeDriver>? Drivers { get; set; }
}
