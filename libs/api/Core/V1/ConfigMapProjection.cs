using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class ConfigMapProjection
{
    [Field(1, Within = 1)]
    [Default("\"\"")]
    public string? Name { get; set; }

    [Field(2)]
    [ListType(ListKind.Atomic)]
    public List<KeyToPath>? Items { get; set; }

    [Field(4)]
    public bool? Optional { get; set; }
}
