using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Core.V1;

/// <summary>A mark on a node that keeps away pods which do not tolerate it.</summary>
public sealed class Taint
{
    /// <summary>Key of the taint.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Key { get; set; }

    /// <summary>Value of the taint.</summary>
    [Field(2)]
    public string? Value { get; set; }

    /// <summary>NoSchedule keeps new pods off, PreferNoSchedule tries to, NoExecute also drives running pods away.</summary>
    [Field(3, Required = true, Always = true)]
    [Enum("NoExecute", "NoSchedule", "PreferNoSchedule")]
    public string? Effect { get; set; }

    /// <summary>Time at which a NoExecute taint was put on.</summary>
    [Field(4)]
    public Time? TimeAdded { get; set; }
}
