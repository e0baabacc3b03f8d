using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Coordination.V1;

public sealed class LeaseSpec
{
    [Field(1, Pointer = true)]
    public string? HolderIdentity { get; set; }

    [Field(2)]
    [Range(1, 2147483647)]
    public int? LeaseDurationSeconds { get; set; }

    [Field(3)]
    public MicroTime? AcquireTime { get; set; }

    [Field(4)]
    public MicroTime? RenewTime { get; set; }

    [Field(5)]
    [Range(0, 2147483647)]
    public int? LeaseTransitions { get; set; }

    [Field(6, Pointer = true)]
    public string? Strategy { get; set; }

    [Field(7, Pointer = true)]
    public string? PreferredHolder { get; set; }
}
