using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>A check that the kubelet runs again and again: exactly one of exec, httpGet, tcpSocket and grpc.</summary>
public sealed class Probe
{
    /// <summary>Runs a command in the container.</summary>
    [Field(1, Within = 1)]
    public ExecAction? Exec { get; set; }

    /// <summary>Sends an HTTP request; 200 to 399 means well.</summary>
    [Field(2, Within = 1)]
    public HTTPGetAction? HttpGet { get; set; }

    /// <summary>Opens a TCP connection.</summary>
    [Field(3, Within = 1)]
    public TCPSocketAction? TcpSocket { get; set; }

    /// <summary>Asks the gRPC health service.</summary>
    [Field(4, Within = 1)]
    public GRPCAction? Grpc { get; set; }

    /// <summary>Seconds after the start before the first check.</summary>
    [Field(2)]
    public int InitialDelaySeconds { get; set; }

    /// <summary>Seconds after which a check counts as failed.</summary>
    [Field(3)]
    [Default("1")]
    public int TimeoutSeconds { get; set; }

    /// <summary>Seconds between checks.</summary>
    [Field(4)]
    [Default("10")]
    public int PeriodSeconds { get; set; }

    /// <summary>Successes in a row after a failure that make it well again; 1 for liveness and startup.</summary>
    [Field(5)]
    [Default("1")]
    public int SuccessThreshold { get; set; }

    /// <summary>Failures in a row that make it fail.</summary>
    [Field(6)]
    [Default("3")]
    public int FailureThreshold { get; set; }

    /// <summary>Grace period, in place of the pod's, when this probe makes the container stop.</summary>
    [Field(7)]
    public long? TerminationGracePeriodSeconds { get; set; }
}
