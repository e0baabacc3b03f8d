using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class ExecAction
{
    [Field(1)]
    [ListType(ListKind.Atomic)]
    public List<string>? Command { get; set; }
}
