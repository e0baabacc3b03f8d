using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Kube.Api.Schema;
using Kube.Client.Rest;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Kube.Client.Tests.Fakes;

/// <summary>What goes wrong with a watch after a number of its events.</summary>
public enum WatchFault
{
    None,

    /// <summary>The server ends the stream in good order.</summary>
    End,

    /// <summary>The connection breaks.</summary>
    Abort,

    /// <summary>Half an event, then the connection breaks.</summary>
    AbortMidLine,

    /// <summary>Half an event, then the end.</summary>
    EndMidLine,

    /// <summary>A line that is no JSON.</summary>
    Malformed,

    /// <summary>An ERROR event: the version is gone.</summary>
    Gone,
}

/// <summary>
/// An API server on Kestrel over <see cref="FakeStore"/>, with switches for what goes wrong. Plain HTTP on a port of
/// the system's choice.
/// </summary>
public sealed class FakeApiServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly CountingHandler _requests = new();

    private FakeApiServer(WebApplication app, FakeStore store)
    {
        _app = app;
        Store = store;
    }

    public FakeStore Store { get; }

    public Uri Address => new(_app.Urls.First());

    /// <summary>Asked at the start of each watch: after how many events which fault.</summary>
    public Func<(int After, WatchFault Fault)> NextFault { get; set; } = static () => (0, WatchFault.None);

    /// <summary>May answer a request itself: returns true when it has.</summary>
    public Func<HttpContext, Task<bool>>? Intercept { get; set; }

    /// <summary>Whether a client of this server waits for the head of an answer.</summary>
    public bool IsAsked => _requests.UnderWay > 0;

    /// <summary>Method and path with query of every request so far.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public static async Task<FakeApiServer> StartAsync(TimeProvider? time = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1));
        var app = builder.Build();
        var server = new FakeApiServer(app, new FakeStore(time ?? TimeProvider.System));
        app.Run(server.AnswerAsync);
        await app.StartAsync();
        return server;
    }

    public KubeClient Client(TimeProvider? time = null) =>
        new(new KubeClientOptions { Server = Address, Handler = _requests }, time ?? TimeProvider.System);

    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        await _app.StopAsync(limit.Token);
        await _app.DisposeAsync();
        _requests.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Path == "/readyz")
        {
            await context.Response.WriteAsync("ok");
            return;
        }

        Requests.Enqueue(context.Request.Method + " " + context.Request.Path + context.Request.QueryString);
        if (Intercept is { } intercept && await intercept(context))
        {
            return;
        }

        try
        {
            if (FakeDiscovery.Answer(context.Request.Path.Value!) is { } discovery)
            {
                await WriteAsync(context, 200, discovery);
                return;
            }

            await AnswerResourceAsync(context, FakePath.Parse(context.Request.Path.Value!));
        }
        catch (FakeRefusal e)
        {
            await WriteAsync(context, e.Code, Status(e.Code, e.Reason, e.Message));
        }
    }

    private async Task AnswerResourceAsync(HttpContext context, FakePath path)
    {
        var request = context.Request;
        if (request.Method == "GET" && path.Name is null)
        {
            if (request.Query["watch"] == "true")
            {
                await WatchAsync(context, path);
            }
            else
            {
                await WriteAsync(context, 200, List(request, path));
            }

            return;
        }

        var body = request.ContentLength > 0 ? await JsonNode.ParseAsync(request.Body) : null;
        var answer = (request.Method, path.Subresource) switch
        {
            ("GET", _) => Store.Get(path.Kind, path.Namespace, path.Name!),
            ("POST", null) => Store.Create(path.Kind, path.Namespace, (JsonObject)body!),
            ("PUT", _) => Store.Replace(path.Kind, path.Namespace, path.Name!, path.Subresource, (JsonObject)body!),
            ("PATCH", _) => Store.Patch(path.Kind, path.Namespace, path.Name!, path.Subresource, request.ContentType!, body!),
            ("DELETE", _) when path.Name is null => DeleteAll(path, (JsonObject?)body),
            ("DELETE", _) => Store.Delete(path.Kind, path.Namespace, path.Name, (JsonObject?)body),
            _ => throw new FakeRefusal(405, "MethodNotAllowed", "the server does not allow this method on the requested resource"),
        };
        await WriteAsync(context, request.Method == "POST" ? 201 : 200, answer);
    }

    private JsonObject DeleteAll(FakePath path, JsonObject? options)
    {
        foreach (var item in Store.List(path.Kind, path.Namespace).Items)
        {
            Store.Delete(path.Kind, item["metadata"]!["namespace"]?.GetValue<string>() ?? "", item["metadata"]!["name"]!.GetValue<string>(), options);
        }

        return new JsonObject { ["kind"] = "Status", ["apiVersion"] = "v1", ["status"] = "Success" };
    }

    private JsonObject List(HttpRequest request, FakePath path)
    {
        var (items, version) = Store.List(path.Kind, path.Namespace);
        var metadata = new JsonObject();
        if (int.TryParse(request.Query["limit"], out var limit) && limit > 0)
        {
            var from = int.TryParse(request.Query["continue"], out var start) ? start : 0;
            if (from + limit < items.Count)
            {
                metadata["continue"] = (from + limit).ToString(System.Globalization.CultureInfo.InvariantCulture);
            }

            items = [.. items.Skip(from).Take(limit)];
        }

        metadata["resourceVersion"] = version.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return new JsonObject
        {
            ["kind"] = path.Kind.ListKind,
            ["apiVersion"] = path.Kind.ApiVersion,
            ["metadata"] = metadata,
            ["items"] = new JsonArray([.. items]),
        };
    }

    private async Task WatchAsync(HttpContext context, FakePath path)
    {
        var version = long.Parse(context.Request.Query["resourceVersion"]!, System.Globalization.CultureInfo.InvariantCulture);
        var (after, fault) = NextFault();
        context.Response.ContentType = "application/json";
        await context.Response.StartAsync();
        var sent = 0;
        while (!context.RequestAborted.IsCancellationRequested)
        {
            var changed = Store.Changed;
            if (Store.EventsAfter(version, path.Kind, path.Namespace) is not { } events)
            {
                await SendAsync(context, Event("ERROR", Status(410, "Expired", $"too old resource version: {version} ({Store.Version})")));
                return;
            }

            foreach (var item in events)
            {
                if (fault != WatchFault.None && sent == after)
                {
                    await FailAsync(context, fault, item);
                    return;
                }

                await SendAsync(context, Event(item.Type, (JsonObject)item.Object.DeepClone()));
                version = item.Version;
                sent++;
            }

            await changed.WaitAsync(context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task FailAsync(HttpContext context, WatchFault fault, FakeEvent next)
    {
        var line = Event(next.Type, (JsonObject)next.Object.DeepClone()).ToJsonString();
        switch (fault)
        {
            case WatchFault.Abort:
                context.Abort();
                break;
            case WatchFault.AbortMidLine:
                await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(line[..(line.Length / 2)]));
                await context.Response.Body.FlushAsync();
                context.Abort();
                break;
            case WatchFault.EndMidLine:
                await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(line[..(line.Length / 2)]));
                break;
            case WatchFault.Malformed:
                await context.Response.Body.WriteAsync("{\"type\":\"ADDED\",\"object\":{]\n"u8.ToArray());
                break;
            case WatchFault.Gone:
                await SendAsync(context, Event("ERROR", Status(410, "Expired", "The resourceVersion for the provided watch is too old.")));
                break;
        }
    }

    private static JsonObject Event(string type, JsonObject value) => new() { ["type"] = type, ["object"] = value };

    private static async Task SendAsync(HttpContext context, JsonObject value)
    {
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(value.ToJsonString() + "\n"));
        await context.Response.Body.FlushAsync();
    }

    private static JsonObject Status(int code, string reason, string message) => new()
    {
        ["kind"] = "Status",
        ["apiVersion"] = "v1",
        ["metadata"] = new JsonObject(),
        ["status"] = "Failure",
        ["message"] = message,
        ["reason"] = reason,
        ["code"] = code,
    };

    private static async Task WriteAsync(HttpContext context, int code, JsonObject value)
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(value.ToJsonString());
    }

    /// <summary>A client's connections, which tell how many requests have no answer yet.</summary>
    private sealed class CountingHandler() : DelegatingHandler(new SocketsHttpHandler())
    {
        private int _underWay;

        public int UnderWay => Volatile.Read(ref _underWay);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _underWay);
            try
            {
                return await base.SendAsync(request, cancellationToken);
            }
            finally
            {
                Interlocked.Decrement(ref _underWay);
            }
        }
    }
}
