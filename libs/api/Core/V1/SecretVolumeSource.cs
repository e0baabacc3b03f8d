using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class SecretVolumeSource
{
    [Field(1)]
    public string? SecretName { get; set; }

    [Field(2)]
    [ListType(ListKind.Atomic)]
    public List<KeyToPath>? Items { get; set; }

    [Field(3)]
    [Default("420")]
    [Range(0, 511)]
    public int? DefaultMode { get; set; }

    [Field(4)]
    public bool? Optional { get; set; }
}
