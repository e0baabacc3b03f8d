using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class Toleration
{
    [Field(1)]
    public string? Key { get; set; }

    [Field(2)]
    [Enum("Exists", "Equal")]
    public string? Operator { get; set; }

    [Field(3)]
    public string? Value { get; set; }

    [Field(4)]
    [Enum("NoSchedule", "PreferNoSchedule", "NoExecute")]
    public string? Effect { get; set; }

    [Field(5)]
    public long? TolerationSeconds { get; set; }
}
