using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>A container that does not run yet.</summary>
public sealed class ContainerStateWaiting
{
    /// <summary>Why it waits, in one word, such as ImagePullBackOff.</summary>
    [Field(1)]
    public string? Reason { get; set; }

    /// <summary>Why it waits, in words.</summary>
    [Field(2)]
    public string? Message { get; set; }
}
