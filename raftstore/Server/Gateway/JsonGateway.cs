using Etcd.V3;
using Google.Protobuf;
using Grpc.Core;
using Kube.RaftStore.Server.Watches;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kube.RaftStore.Server.Gateway;

/// <summary>
/// etcd's JSON gateway: the same services, asked by POST under /v3/ with a message in JSON. Streams answer one object
/// a line, and may be sent further requests in the same body.
/// </summary>
public sealed partial class JsonGateway
{
    private readonly IEndpointRouteBuilder _routes;
    private readonly int _maxRequestBytes;

    private JsonGateway(IEndpointRouteBuilder routes, int maxRequestBytes)
    {
        _routes = routes;
        // Base64 and names make requests longer.
        _maxRequestBytes = 2 * maxRequestBytes;
    }

    /// <summary>Maps all paths.</summary>
    public static void Map(IEndpointRouteBuilder routes, StoreServer server, GatewayServices services)
    {
        var gateway = new JsonGateway(routes, server.Options.MaxRequestBytes);
        gateway.MapKv(services);
        gateway.MapLeases(services);
        gateway.MapCluster(services);
        gateway.MapAuth(services);
        gateway.MapConcurrency(services);
        gateway.MapWatch(services.Watch);
    }

    private void Unary<TRequest, TResponse>(string path, MessageParser<TRequest> parser, UnaryServerMethod<TRequest, TResponse> handler)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage
        => Post(path, async (http, call) =>
        {
            var request = await ReadOneAsync(http, parser);
            var response = await handler(request, call);
            if (!call.IsAnswered)
            {
                await WriteAsync(http, StatusCodes.Status200OK, ProtoJson.Format(response));
            }
        });

    private void ServerStream<TRequest, TResponse>(string path, MessageParser<TRequest> parser, ServerStreamingServerMethod<TRequest, TResponse> handler)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage
        => Post(path, async (http, call) => await handler(
            await ReadOneAsync(http, parser), new Lines<TResponse>(http, static message => message), call));

    private void Duplex<TRequest, TResponse>(
        string path, MessageParser<TRequest> parser, Func<TResponse, IMessage> toMessage, DuplexStreamingServerMethod<TRequest, TResponse> handler)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class
        => Post(path, (http, call) => handler(
            new Requests<TRequest>(new JsonSequence(http.Request.BodyReader, _maxRequestBytes), parser), new Lines<TResponse>(http, toMessage), call));

    private void MapWatch(WatchService watch)
        => Duplex<WatchRequest, WatchReply>("/v3/watch", WatchRequest.Parser, static reply => reply.ToMessage(), watch.WatchAsync);

    private void Post(string path, Func<HttpContext, GatewayCallContext, Task> handle) => _routes.Map(path, async http =>
    {
        if (!HttpMethods.IsPost(http.Request.Method))
        {
            http.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            await http.Response.WriteAsync("Method Not Allowed\n", http.RequestAborted);
            return;
        }
        try
        {
            await handle(http, new GatewayCallContext(http, path));
        }
        catch (RpcException e)
        {
            await FailAsync(http, e.Status);
        }
        catch (InvalidDataException e)
        {
            await FailAsync(http, new Status(StatusCode.InvalidArgument, e.Message));
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client has gone.
        }
    });

    private async Task<TRequest> ReadOneAsync<TRequest>(HttpContext http, MessageParser<TRequest> parser)
        where TRequest : class, IMessage<TRequest>, new()
    {
        var json = await new JsonSequence(http.Request.BodyReader, _maxRequestBytes).NextAsync(http.RequestAborted);
        return ProtoJson.Parse(json ?? "", parser);
    }

    private static Task FailAsync(HttpContext http, Status status) => http.Response.HasStarted
        ? WriteLineAsync(http, GatewayErrors.FormatInStream(status), http.RequestAborted)
        : WriteAsync(http, GatewayErrors.StatusOf(status.StatusCode), GatewayErrors.Format(status));

    private static async Task WriteAsync(HttpContext http, int status, byte[] body)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = body.Length;
        await http.Response.Body.WriteAsync(body, http.RequestAborted);
    }

    private static async Task WriteLineAsync(HttpContext http, byte[] line, CancellationToken cancellationToken)
    {
        if (!http.Response.HasStarted)
        {
            http.Response.ContentType = "application/json";
        }
        await http.Response.Body.WriteAsync((byte[])[.. line, (byte)'\n'], cancellationToken);
        await http.Response.Body.FlushAsync(cancellationToken);
    }

    /// <summary>The requests of a stream.</summary>
    private sealed class Requests<T>(JsonSequence values, MessageParser<T> parser) : IAsyncStreamReader<T>
        where T : class, IMessage<T>, new()
    {
        public T Current { get; private set; } = new();

        public async Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            if (await values.NextAsync(cancellationToken) is not { } json)
            {
                return false;
            }
            Current = ProtoJson.Parse(json, parser);
            return true;
        }
    }

    /// <summary>The answers of a stream.</summary>
    private sealed class Lines<T>(HttpContext http, Func<T, IMessage> toMessage) : IServerStreamWriter<T>
    {
        public WriteOptions? WriteOptions { get; set; }

        public Task WriteAsync(T message) => WriteAsync(message, http.RequestAborted);

        public Task WriteAsync(T message, CancellationToken cancellationToken)
            => WriteLineAsync(http, ProtoJson.FormatResult(toMessage(message)), cancellationToken);
    }
}
