using System.Net;
using Grpc.Health.V1;
using Kube.Api.Core.V1;
using Kube.Kubelet.Probes;
using Kube.Kubelet.Runtime.Processes;
using Kube.Rpc.Services.Health;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kube.Kubelet.Tests.Probes;

/// <summary>gRPC probes against a real health service, with the words of Kubernetes' kubelet.</summary>
public sealed class GrpcProbeTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly string _root = Directory.CreateTempSubdirectory("grpc-probe-").FullName;
    private WebApplication _server = null!;
    private WebApplication _other = null!;
    private ProcessRuntime _runtime = null!;

    public async Task InitializeAsync()
    {
        _server = await ServeAsync(withHealth: true);
        _other = await ServeAsync(withHealth: false);
        _runtime = ProcessRuntime.Open(new ProcessRuntimeOptions { RootDirectory = _root }, TimeProvider.System, NullLoggerFactory.Instance);
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await _other.DisposeAsync();
        await _runtime.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task The_answer_is_what_the_service_says_of_itself()
    {
        HealthService health = _server.Services.GetRequiredService<HealthService>();
        health.SetStatus("", HealthCheckResponse.Types.ServingStatus.Serving);
        health.SetStatus("slow", HealthCheckResponse.Types.ServingStatus.NotServing);
        Assert.Equal(new HandlerResult(true, "service healthy"), await ProbeAsync(_server, null));
        Assert.Equal(new HandlerResult(false, "service unhealthy (responded with \"NOT_SERVING\")"), await ProbeAsync(_server, "slow"));
        Assert.StartsWith("error: health rpc probe failed: rpc error: code = NotFound desc = ", (await ProbeAsync(_server, "nobody")).Output);
    }

    [Fact]
    public async Task A_server_without_a_health_service_fails_and_says_so()
    {
        HandlerResult result = await ProbeAsync(_other, null);
        Assert.False(result.Success);
        Assert.StartsWith("error: this server does not implement the grpc health protocol (grpc.health.v1.Health): ", result.Output);
    }

    [Fact]
    public async Task A_port_that_nobody_serves_fails()
    {
        int port = Port(_other);
        await _other.StopAsync();
        using HandlerRunner runner = new(_runtime, TimeProvider.System);
        HandlerResult result = await runner.GrpcAsync(new GRPCAction { Port = port }, "127.0.0.1", Limit, default);
        Assert.Equal(new HandlerResult(false, $"timeout: failed to connect service \"127.0.0.1:{port}\" within 1m0s: context deadline exceeded"), result);
    }

    private async Task<HandlerResult> ProbeAsync(WebApplication server, string? service)
    {
        using HandlerRunner runner = new(_runtime, TimeProvider.System);
        return await runner.GrpcAsync(new GRPCAction { Port = Port(server), Service = service }, "127.0.0.1", Limit, default);
    }

    private static int Port(WebApplication server) => new Uri(server.Urls.First()).Port;

    private static async Task<WebApplication> ServeAsync(bool withHealth)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.Services.AddGrpc();
        builder.Services.AddGrpcHealth();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0, static listen => listen.Protocols = HttpProtocols.Http2));
        WebApplication application = builder.Build();
        application.UseRouting();
        if (withHealth)
        {
            application.MapGrpcHealthService();
        }

        await application.StartAsync();
        return application;
    }
}
