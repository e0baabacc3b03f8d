using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Core.V1;

public sealed class Taint
{
    [Field(1, Required = true, Always = true)]
    public string? Key { get; set; }

    [Field(2)]
    public string? Value { get; set; }

    [Field(3, Required = true, Always = true)]
    [Enum("NoSchedule", "PreferNoSchedule", "NoExecute")]
    public string? Effect { get; set; }

    [Field(4)]
    public Time? TimeAdded { get; set; }
}
