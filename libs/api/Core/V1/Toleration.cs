using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>Lets a pod be on a node in spite of taints.</summary>
public sealed class Toleration
{
    /// <summary>Key of the taint; empty, with Exists, means every key.</summary>
    [Field(1)]
    public string? Key { get; set; }

    /// <summary>Exists matches any value, Equal (also when absent) the one given.</summary>
    [Field(2)]
    [Enum("Equal", "Exists")]
    public string? Operator { get; set; }

    /// <summary>Value of the taint.</summary>
    [Field(3)]
    public string? Value { get; set; }

    /// <summary>Effect of the taint; empty means every effect.</summary>
    [Field(4)]
    [Enum("NoExecute", "NoSchedule", "PreferNoSchedule")]
    public string? Effect { get; set; }

    /// <summary>With NoExecute: seconds the pod may stay; for ever when absent.</summary>
    [Field(5)]
    public long? TolerationSeconds { get; set; }
}
