using System.Net;
using System.Net.Sockets;
using Grpc.Health.V1;
using Kube.Rpc.Services.Health;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Kube.Conformance.Tests.Rpc;

/// <summary>Our server, called by grpcio.</summary>
public sealed class ForeignClientTests : IAsyncLifetime
{
    private readonly ConformanceEcho _echo = new();
    private WebApplication _app = null!;
    private int _port;

    private string Target => $"127.0.0.1:{_port}";

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.Http2.MaxStreamsPerConnection = 200;
            kestrel.Listen(IPAddress.Loopback, 0, options => options.Protocols = HttpProtocols.Http2);
        });
        builder.Services.AddGrpc(options =>
        {
            options.MaxReceiveMessageSize = 5 * 1024 * 1024;
            options.ResponseCompressionAlgorithm = "gzip";
        });
        builder.Services.AddGrpcHealth();
        _app = builder.Build();
        _app.MapGrpcService(_echo.Build());
        _app.MapGrpcHealthService();
        _app.MapGrpcReflectionService();
        await _app.StartAsync();
        var addresses = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        _port = new Uri(addresses.First()).Port;
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Theory]
    [InlineData("call_kinds")]
    [InlineData("large_message")]
    [InlineData("hundred_streams")]
    [InlineData("errors")]
    [InlineData("oversize")]
    [InlineData("metadata")]
    [InlineData("deadline")]
    [InlineData("cancel")]
    [InlineData("slow_reader")]
    [InlineData("vanish")]
    [InlineData("gzip")]
    public async Task Scenario(string name)
    {
        await PythonProcess.RunAsync("Rpc/rpc_client.py", Target, name);
        Assert.Equal(0, _echo.Active);
    }

    [Theory]
    [InlineData("v1")]
    [InlineData("v1alpha")]
    public async Task HealthThroughReflection(string version)
    {
        var health = _app.Services.GetRequiredService<HealthService>();
        health.SetStatus("up", HealthCheckResponse.Types.ServingStatus.Serving);
        health.SetStatus("down", HealthCheckResponse.Types.ServingStatus.NotServing);
        await PythonProcess.RunAsync("Rpc/reflection_client.py", Target, version);
    }

    /// <summary>Bytes that are no HTTP/2, or break off in it, cost one connection and no more.</summary>
    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0\0\0\u0005\u0001\u0005\0\0\0\u0001hello")]
    public async Task Garbage_IsSurvived(string bytes)
    {
        using (var socket = new Socket(SocketType.Stream, ProtocolType.Tcp))
        {
            await socket.ConnectAsync(IPAddress.Loopback, _port);
            await socket.SendAsync(System.Text.Encoding.Latin1.GetBytes(bytes));
            socket.Shutdown(SocketShutdown.Send);
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            var buffer = new byte[4096];
            while (await socket.ReceiveAsync(buffer, patience.Token) > 0)
            {
            }
        }

        await PythonProcess.RunAsync("Rpc/rpc_client.py", Target, "call_kinds");
    }
}
