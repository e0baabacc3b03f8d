using System.Diagnostics;
using System.Diagnostics.Metrics;
using Grpc.Core;

namespace Kube.Rpc.Server;

/// <summary>
/// Counts the calls of one method, under the names that gRPC servers with Prometheus metrics use. Costs nothing while
/// nobody listens to the meter.
/// </summary>
internal sealed class ServerMetrics(IMethod method)
{
    private static readonly Meter Meter = new("Kube.Rpc");

    private static readonly Counter<long> Started = Meter.CreateCounter<long>(
        "grpc_server_started_total", description: "Calls that began on the server.");

    private static readonly Counter<long> Handled = Meter.CreateCounter<long>(
        "grpc_server_handled_total", description: "Calls that ended on the server, by status code.");

    private readonly KeyValuePair<string, object?> _type = new("grpc_type", method.Type switch
    {
        MethodType.Unary => "unary",
        MethodType.ClientStreaming => "client_stream",
        MethodType.ServerStreaming => "server_stream",
        _ => "bidi_stream",
    });

    private readonly KeyValuePair<string, object?> _service = new("grpc_service", method.ServiceName);
    private readonly KeyValuePair<string, object?> _method = new("grpc_method", method.Name);

    public void Start()
    {
        if (Started.Enabled)
        {
            Started.Add(1, _type, _service, _method);
        }
    }

    public void Handle(StatusCode code)
    {
        if (Handled.Enabled)
        {
            var name = code == StatusCode.Cancelled ? "Canceled" : code.ToString();
            Handled.Add(1, new TagList { _type, _service, _method, new("grpc_code", name) });
        }
    }
}
