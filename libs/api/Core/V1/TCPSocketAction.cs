using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Core.V1;

/// <summary>Opening a TCP connection.</summary>
public sealed class TCPSocketAction
{
    /// <summary>Number or name of the container's port.</summary>
    [Field(1, Required = true, Always = true)]
    public IntOrString? Port { get; set; }

    /// <summary>Host to connect to; the pod's address when absent.</summary>
    [Field(2)]
    public string? Host { get; set; }
}
