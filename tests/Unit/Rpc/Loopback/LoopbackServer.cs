using System.Net;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Net.Client;
using Kube.Rpc.Tests.Proto;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Kube.Rpc.Tests.Loopback;

/// <summary>A Kestrel on a free port of the loopback address with an <see cref="EchoService"/>, and a channel to it.</summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    /// <summary>How long a test waits for what must happen.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private LoopbackServer(WebApplication app, EchoService service, Uri address, GrpcChannel channel)
    {
        App = app;
        Service = service;
        Address = address;
        Channel = channel;
        Client = new Echo.EchoClient(channel);
    }

    public WebApplication App { get; }

    public EchoService Service { get; }

    public Uri Address { get; }

    public GrpcChannel Channel { get; }

    public Echo.EchoClient Client { get; }

    public static async Task<LoopbackServer> StartAsync(
        Action<GrpcServiceOptions>? grpc = null,
        GrpcChannelOptions? channel = null,
        Action<ListenOptions>? listen = null,
        Action<WebApplication>? map = null,
        Action<IServiceCollection>? services = null,
        string scheme = "http")
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, options =>
        {
            options.Protocols = HttpProtocols.Http2;
            listen?.Invoke(options);
        }));
        builder.Services.AddGrpc(options => grpc?.Invoke(options));
        services?.Invoke(builder.Services);
        var app = builder.Build();
        var service = new EchoService();
        app.MapGrpcService(service);
        map?.Invoke(app);
        await app.StartAsync();
        var bound = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        var address = new Uri($"{scheme}://127.0.0.1:{new Uri(bound).Port}");
        return new LoopbackServer(app, service, address, GrpcChannel.ForAddress(address, channel ?? new GrpcChannelOptions()));
    }

    /// <summary>Awaits a failure and returns it.</summary>
    public static async Task<RpcException> FailsAsync(Task call) =>
        await Assert.ThrowsAsync<RpcException>(() => call.WaitAsync(Patience));

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await App.DisposeAsync();
    }
}
