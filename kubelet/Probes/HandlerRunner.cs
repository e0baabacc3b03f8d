using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Kube.Api.Core.V1;
using Kube.Api.Values;
using Kube.Kubelet.PodWorkers;
using Kube.Kubelet.Runtime;
using Cri = Kube.Proto.Cri.V1;

namespace Kube.Kubelet.Probes;

/// <summary>What came of a probe or a hook: whether it succeeded, and its output or the reason it failed.</summary>
internal readonly record struct HandlerResult(bool Success, string Output);

/// <summary>Runs the actions that probes and lifecycle hooks are made of, each within a time limit. Thread-safe.</summary>
internal sealed class HandlerRunner(ICriRuntime runtime, TimeProvider time) : IDisposable
{
    private const int MaxOutputBytes = 10 * 1024;

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = true,
        MaxAutomaticRedirections = 10,
        UseProxy = false,
        PooledConnectionLifetime = TimeSpan.Zero,
        // A probe asks whether the pod answers, not who it is: Kubernetes accepts any certificate too.
        SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = static (_, _, _, _) => true },
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>Runs a command in the container; success is exit code 0.</summary>
    public async Task<HandlerResult> ExecAsync(string containerId, IReadOnlyList<string> command, TimeSpan limit, CancellationToken cancellation)
    {
        try
        {
            Cri.ExecSyncResponse answer = await runtime.ExecSyncAsync(containerId, command, (long)Math.Ceiling(limit.TotalSeconds), cancellation);
            string output = Clip(answer.Stdout.ToStringUtf8() + answer.Stderr.ToStringUtf8());
            return new HandlerResult(answer.ExitCode == 0, output);
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.DeadlineExceeded)
        {
            return new HandlerResult(false, $"command \"{string.Join(' ', command)}\" timed out");
        }
        catch (RpcException e) when (!cancellation.IsCancellationRequested)
        {
            return new HandlerResult(false, CriError.Text(e));
        }
    }

    /// <summary>Asks over HTTP; success is a status from 200 to 399.</summary>
    public async Task<HandlerResult> HttpAsync(HTTPGetAction action, Container container, string podIP, TimeSpan limit, CancellationToken cancellation)
    {
        if (Port(action.Port, container) is not { } port)
        {
            return new HandlerResult(false, $"couldn't find port: {action.Port} in container {container.Name}");
        }

        string host = action.Host is { Length: > 0 } given ? given : podIP;
        string scheme = (action.Scheme is { Length: > 0 } s ? s : "HTTP").ToLowerInvariant();
        string path = action.Path is { Length: > 0 } p ? (p.StartsWith('/') ? p : "/" + p) : "/";
        string url = $"{scheme}://{Bracket(host)}:{port}{path}";
        using HttpRequestMessage request = new(HttpMethod.Get, url);
        request.Headers.TryAddWithoutValidation("User-Agent", "kube-probe/1.32");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("*/*"));
        request.Headers.ConnectionClose = true;
        foreach (HTTPHeader header in action.HttpHeaders ?? [])
        {
            if (string.Equals(header.Name, "Host", StringComparison.OrdinalIgnoreCase))
            {
                request.Headers.Host = header.Value;
            }
            else
            {
                request.Headers.Remove(header.Name!);
                request.Headers.TryAddWithoutValidation(header.Name!, header.Value);
            }
        }

        using CancellationTokenSource deadline = Deadline(limit, cancellation);
        try
        {
            using HttpResponseMessage response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
            int status = (int)response.StatusCode;
            return status is >= 200 and < 400
                ? new HandlerResult(true, "")
                : new HandlerResult(false, string.Create(CultureInfo.InvariantCulture, $"HTTP probe failed with statuscode: {status}"));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new HandlerResult(false, $"Get \"{url}\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)");
        }
        catch (HttpRequestException e)
        {
            string reason = e.InnerException is SocketException socket ? Dial(host, port, socket) : e.Message;
            return new HandlerResult(false, $"Get \"{url}\": {reason}");
        }
    }

    /// <summary>Opens a TCP connection and closes it.</summary>
    public async Task<HandlerResult> TcpAsync(TCPSocketAction action, Container container, string podIP, TimeSpan limit, CancellationToken cancellation)
    {
        if (Port(action.Port, container) is not { } port)
        {
            return new HandlerResult(false, $"couldn't find port: {action.Port} in container {container.Name}");
        }

        string host = action.Host is { Length: > 0 } given ? given : podIP;
        using CancellationTokenSource deadline = Deadline(limit, cancellation);
        using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(host, port, deadline.Token);
            return new HandlerResult(true, "");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new HandlerResult(false, $"dial tcp {Bracket(host)}:{port}: i/o timeout");
        }
        catch (SocketException e)
        {
            return new HandlerResult(false, Dial(host, port, e));
        }
    }

    /// <summary>Asks the gRPC health service.</summary>
    public async Task<HandlerResult> GrpcAsync(GRPCAction action, string podIP, TimeSpan limit, CancellationToken cancellation)
    {
        string address = $"{Bracket(podIP)}:{action.Port}";
        using GrpcChannel channel = GrpcChannel.ForAddress("http://" + address);
        Health.HealthClient client = new(channel);
        try
        {
            HealthCheckResponse answer = await client.CheckAsync(
                new HealthCheckRequest { Service = action.Service ?? "" },
                deadline: time.GetUtcNow().UtcDateTime + limit,
                cancellationToken: cancellation);
            return answer.Status == HealthCheckResponse.Types.ServingStatus.Serving
                ? new HandlerResult(true, "service healthy")
                : new HandlerResult(false, $"service unhealthy (responded with \"{Name(answer.Status)}\")");
        }
        catch (RpcException e) when (!cancellation.IsCancellationRequested)
        {
            return new HandlerResult(false, e.StatusCode switch
            {
                StatusCode.Unimplemented => $"error: this server does not implement the grpc health protocol (grpc.health.v1.Health): {e.Status.Detail}",
                StatusCode.DeadlineExceeded => $"timeout: health rpc did not complete within {GoDuration.Format(limit)}",
                // Kubernetes' client tries to connect for as long as it may, and then says this.
                StatusCode.Unavailable => $"timeout: failed to connect service \"{address}\" within {GoDuration.Format(limit)}: context deadline exceeded",
                _ => $"error: health rpc probe failed: {CriError.Text(e)}",
            });
        }
    }

    public void Dispose() => _http.Dispose();

    private static string Name(HealthCheckResponse.Types.ServingStatus status) => status switch
    {
        HealthCheckResponse.Types.ServingStatus.Serving => "SERVING",
        HealthCheckResponse.Types.ServingStatus.NotServing => "NOT_SERVING",
        HealthCheckResponse.Types.ServingStatus.ServiceUnknown => "SERVICE_UNKNOWN",
        _ => "UNKNOWN",
    };

    private CancellationTokenSource Deadline(TimeSpan limit, CancellationToken cancellation)
    {
        CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (ReferenceEquals(time, TimeProvider.System))
        {
            source.CancelAfter(limit);
            return source;
        }

        ITimer timer = time.CreateTimer(static s => ((CancellationTokenSource)s!).Cancel(), source, limit, Timeout.InfiniteTimeSpan);
        source.Token.Register(static t => ((ITimer)t!).Dispose(), timer);
        return source;
    }

    internal static int? Port(IntOrString? port, Container container)
    {
        if (port is not { } given)
        {
            return null;
        }

        if (given.IsNumber)
        {
            return given.Number;
        }

        return (container.Ports ?? []).Find(p => p.Name == given.Text) is { } named ? named.ContainerPortValue
            : int.TryParse(given.Text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number
            : null;
    }

    private static string Dial(string host, int port, SocketException e) => e.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => $"dial tcp {Bracket(host)}:{port}: connect: connection refused",
        SocketError.HostUnreachable => $"dial tcp {Bracket(host)}:{port}: connect: no route to host",
        SocketError.NetworkUnreachable => $"dial tcp {Bracket(host)}:{port}: connect: network is unreachable",
        SocketError.HostNotFound => $"dial tcp: lookup {host}: no such host",
        _ => $"dial tcp {Bracket(host)}:{port}: {e.Message}",
    };

    private static string Bracket(string host) => IPAddress.TryParse(host, out IPAddress? a) && a.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{host}]" : host;

    private static string Clip(string output) => output.Length <= MaxOutputBytes ? output : output[..MaxOutputBytes];
}
