using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class ProbeHandler
{
    [Field(1)]
    public ExecAction? Exec { get; set; }

    [Field(2)]
    public HTTPGetAction? HttpGet { get; set; }

    [Field(3)]
    public TCPSocketAction? TcpSocket { get; set; }

    [Field(4)]
    public GRPCAction? Grpc { get; set; }
}
