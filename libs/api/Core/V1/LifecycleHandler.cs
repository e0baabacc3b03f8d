using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>What is done at a turn of a container's life: exactly one of its fields.</summary>
public sealed class LifecycleHandler
{
    /// <summary>Runs a command in the container.</summary>
    [Field(1)]
    public ExecAction? Exec { get; set; }

    /// <summary>Sends an HTTP request.</summary>
    [Field(2)]
    public HTTPGetAction? HttpGet { get; set; }

    /// <summary>Outdated: accepted, and then fails.</summary>
    [Field(3)]
    public TCPSocketAction? TcpSocket { get; set; }

    /// <summary>Waits.</summary>
    [Field(4)]
    public SleepAction? Sleep { get; set; }
}
