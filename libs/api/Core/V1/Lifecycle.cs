using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>What is done right after a container starts and right before it stops.</summary>
public sealed class Lifecycle
{
    /// <summary>Run right after the start; the container is restarted when it fails.</summary>
    [Field(1)]
    public LifecycleHandler? PostStart { get; set; }

    /// <summary>Run before the container gets SIGTERM; the grace period runs meanwhile.</summary>
    [Field(2)]
    public LifecycleHandler? PreStop { get; set; }
}
