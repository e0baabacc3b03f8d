using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Networking.V1;

public sealed class NetworkPolicyPort
{
    [Field(1, Pointer = true)]
    [Enum("TCP", "UDP", "SCTP")]
    [Default("\"TCP\"")]
    public string? Protocol { get; set; }

    [Field(2)]
    public IntOrString? Port { get; set; }

    [Field(3)]
    public int? EndPort { get; set; }
}
