using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class Capabilities
{
    [Field(1)]
    [ListType(ListKind.Atomic)]
    public List<string>? Add { get; set; }

    [Field(2)]
    [ListType(ListKind.Atomic)]
    public List<string>? Drop { get; set; }
}
