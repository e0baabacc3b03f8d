using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class TopologySelectorLabelRequirement
{
    [Field(1, Required = true, Always = true)]
    public string? Key { get; set; }

    [Field(2, Required = true, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<string>? Values { get; set; }
}
