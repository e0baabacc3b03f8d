using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Grpc.Core;

namespace Kube.Rpc.Server;

/// <summary>
/// Counts calls and messages of one method in this process, under the names that gRPC servers with Prometheus metrics use. Counting is
/// an addition; names and labels are put together when somebody asks.
/// </summary>
public sealed class ServerMetrics
{
    private const int Codes = (int)StatusCode.Unauthenticated + 1;

    private static readonly ConcurrentDictionary<string, ServerMetrics> Methods = new(StringComparer.Ordinal);
    private static readonly Meter Meter = new("Kube.Rpc");

    private readonly KeyValuePair<string, object?>[] _labels;
    private readonly long[] _handled = new long[Codes];
    private long _started;
    private long _received;
    private long _sent;
    private long _receivedBytes;
    private long _sentBytes;

    static ServerMetrics()
    {
        Observe("grpc_server_started_total", "Calls that began on the server.", static method => method._started);
        Observe("grpc_server_msg_received_total", "Messages that the server received.", static method => method._received);
        Observe("grpc_server_msg_sent_total", "Messages that the server sent.", static method => method._sent);
        Meter.CreateObservableCounter(
            "grpc_server_handled_total", static () => Methods.Values.SelectMany(static method => method.Handled()),
            description: "Calls that ended on the server, by status code.");
    }

    private ServerMetrics(IMethod method)
    {
        ServiceName = method.ServiceName;
        _labels =
        [
            new("grpc_type", method.Type switch
            {
                MethodType.Unary => "unary",
                MethodType.ClientStreaming => "client_stream",
                MethodType.ServerStreaming => "server_stream",
                _ => "bidi_stream",
            }),
            new("grpc_service", method.ServiceName),
            new("grpc_method", method.Name),
        ];
        OnReceived = bytes =>
        {
            Interlocked.Increment(ref _received);
            Interlocked.Add(ref _receivedBytes, bytes);
        };
    }

    /// <summary>The service of the method, with its package.</summary>
    public string ServiceName { get; }

    /// <summary>Bytes of the messages received, without their frames.</summary>
    public long ReceivedBytes => Interlocked.Read(ref _receivedBytes);

    /// <summary>Bytes of the messages sent, without their frames.</summary>
    public long SentBytes => Interlocked.Read(ref _sentBytes);

    /// <summary>All methods that servers of this process have.</summary>
    public static ICollection<ServerMetrics> All => Methods.Values;

    /// <summary>Takes note of a message of so many bytes.</summary>
    internal Action<int> OnReceived { get; }

    internal static ServerMetrics Of(IMethod method) => Methods.GetOrAdd(method.FullName, static (_, of) => new ServerMetrics(of), method);

    internal void OnSent(int bytes)
    {
        Interlocked.Increment(ref _sent);
        Interlocked.Add(ref _sentBytes, bytes);
    }

    internal void Start() => Interlocked.Increment(ref _started);

    internal void Handle(StatusCode code)
    {
        var index = (int)code is >= 0 and < Codes and var known ? known : (int)StatusCode.Unknown;
        Interlocked.Increment(ref _handled[index]);
    }

    private static void Observe(string name, string description, Func<ServerMetrics, long> value) => Meter.CreateObservableCounter(
        name, () => Methods.Values.Select(method => new Measurement<long>(value(method), method._labels)), description: description);

    private IEnumerable<Measurement<long>> Handled()
    {
        for (var code = 0; code < Codes; code++)
        {
            if (Interlocked.Read(ref _handled[code]) is > 0 and var count)
            {
                var name = (StatusCode)code == StatusCode.Cancelled ? "Canceled" : ((StatusCode)code).ToString();
                yield return new Measurement<long>(count, [.. _labels, new("grpc_code", name)]);
            }
        }
    }
}
