using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class NamespaceSpec
{
    [Field(1)]
    [ListType(ListKind.Atomic)]
    public List<string>? Finalizers { get; set; }
}
