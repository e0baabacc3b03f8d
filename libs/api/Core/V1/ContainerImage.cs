using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class ContainerImage
{
    [Field(1, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<string>? Names { get; set; }

    [Field(2)]
    public long SizeBytes { get; set; }
}
