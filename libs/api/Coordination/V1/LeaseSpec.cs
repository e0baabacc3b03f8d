using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Coordination.V1;

/// <summary>Who holds a lease and until when.</summary>
public sealed class LeaseSpec
{
    /// <summary>Who holds it; empty when free.</summary>
    [Field(1, Pointer = true)]
    public string? HolderIdentity { get; set; }

    /// <summary>Seconds after renewTime when others may take it.</summary>
    [Field(2)]
    [Range(1, 2147483647)]
    public int? LeaseDurationSeconds { get; set; }

    /// <summary>Time at which the holder took it.</summary>
    [Field(3)]
    public MicroTime? AcquireTime { get; set; }

    /// <summary>Time at which the holder last renewed it.</summary>
    [Field(4)]
    public MicroTime? RenewTime { get; set; }

    /// <summary>How often it went from one holder to another.</summary>
    [Field(5)]
    [Range(0, 2147483647)]
    public int? LeaseTransitions { get; set; }

    /// <summary>How the next holder is chosen, when a coordinator does.</summary>
    [Field(6, Pointer = true)]
    public string? Strategy { get; set; }

    /// <summary>Who should take it over; tells the holder to let go.</summary>
    [Field(7, Pointer = true)]
    public string? PreferredHolder { get; set; }
}
