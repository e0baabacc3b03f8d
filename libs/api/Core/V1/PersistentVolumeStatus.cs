using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Core.V1;

/// <summary>How a persistent volume is doing.</summary>
public sealed class PersistentVolumeStatus
{
    /// <summary>Pending, Available, Bound, Released or Failed.</summary>
    [Field(1)]
    [Enum("Available", "Bound", "Failed", "Pending", "Released")]
    [Default("\"Pending\"")]
    public string? Phase { get; set; }

    /// <summary>Why it is in this phase, in words for people.</summary>
    [Field(2)]
    public string? Message { get; set; }

    /// <summary>Why it is in this phase, as one word.</summary>
    [Field(3)]
    public string? Reason { get; set; }

    /// <summary>Time at which the phase last changed.</summary>
    [Field(4)]
    public Time? LastPhaseTransitionTime { get; set; }
}
