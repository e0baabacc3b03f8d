using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Core.V1;

public sealed class PersistentVolumeStatus
{
    [Field(1)]
    [Enum("Pending", "Available", "Bound", "Released", "Failed")]
    [Default("\"Pending\"")]
    public string? Phase { get; set; }

    [Field(2)]
    public string? Message { get; set; }

    [Field(3)]
    public string? Reason { get; set; }

    [Field(4)]
    public Time? LastPhaseTransitionTime { get; set; }
}
