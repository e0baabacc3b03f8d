using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Networking.V1;

/// <summary>A port or a range of them.</summary>
public sealed class NetworkPolicyPort
{
    /// <summary>TCP, UDP or SCTP.</summary>
    [Field(1, Pointer = true)]
    [Enum("SCTP", "TCP", "UDP")]
    [Default("\"TCP\"")]
    public string? Protocol { get; set; }

    /// <summary>Number or name of the port; absent means all.</summary>
    [Field(2)]
    public IntOrString? Port { get; set; }

    /// <summary>Last port of the range.</summary>
    [Field(3)]
    public int? EndPort { get; set; }
}
