using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class Probe
{
    [Field(1, Within = 1)]
    public ExecAction? Exec { get; set; }

    [Field(2, Within = 1)]
    public HTTPGetAction? HttpGet { get; set; }

    [Field(3, Within = 1)]
    public TCPSocketAction? TcpSocket { get; set; }

    [Field(4, Within = 1)]
    public GRPCAction? Grpc { get; set; }

    [Field(2)]
    public int InitialDelaySeconds { get; set; }

    [Field(3)]
    [Default("1")]
    public int TimeoutSeconds { get; set; }

    [Field(4)]
    [Default("10")]
    public int PeriodSeconds { get; set; }

    [Field(5)]
    [Default("1")]
    public int SuccessThreshold { get; set; }

    [Field(6)]
    [Default("3")]
    public int FailureThreshold { get; set; }

    [Field(7)]
    public long? TerminationGracePeriodSeconds { get; set; }
}
