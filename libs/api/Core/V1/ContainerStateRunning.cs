using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Core.V1;

/// <summary>A container that runs.</summary>
public sealed class ContainerStateRunning
{
    /// <summary>Time of its last start.</summary>
    [Field(1, Always = true)]
    public Time? StartedAt { get; set; }
}
