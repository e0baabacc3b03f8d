using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Kube.Hosting.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Kube.Hosting;

/// <summary>Where and how a component serves its health and metrics.</summary>
public sealed record ComponentServerOptions
{
    /// <summary>Address to listen on.</summary>
    public required IPEndPoint Endpoint { get; init; }

    /// <summary>Serving certificate with its key.</summary>
    public required X509Certificate2 Certificate { get; init; }

    /// <summary>
    /// The CA whose client certificates may read /metrics; null lets nobody. Health needs no certificate, as with
    /// Kubernetes' own components.
    /// </summary>
    public X509Certificate2Collection? ClientAuthorities { get; init; }

    public required HealthChecks Live { get; init; }

    public required HealthChecks Ready { get; init; }

    /// <summary>The process's metrics; owned by the caller.</summary>
    public required MetricsRegistry Metrics { get; init; }
}

/// <summary>
/// The HTTPS server of a component without an API of its own (scheduler, controllers): /healthz, /livez, /readyz
/// and /metrics. Dispose it to stop listening.
/// </summary>
public sealed class ComponentServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private ComponentServer(WebApplication application) => _application = application;

    /// <summary>Starts to listen.</summary>
    /// <exception cref="StartupException">The port is in use or may not be bound.</exception>
    public static async Task<ComponentServer> StartAsync(
        ComponentServerOptions options, ILoggerFactory logs, TimeProvider time, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(logs);
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(options.Endpoint, listen => listen.UseHttps(https =>
            {
                https.ServerCertificate = options.Certificate;
                https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                https.ClientCertificateValidation = (certificate, _, _) => options.ClientAuthorities is { } authorities
                    && ServingCertificate.IsTrusted(certificate, authorities, ServingCertificate.ClientAuthentication);
            }));
        });
        var application = builder.Build();
        application.UseRouting();
        application.MapHealth(options.Live, options.Ready, time, logs.CreateLogger<ComponentServer>());
        application.MapMetrics(options.Metrics);
        await StartAsync(application, options.Endpoint, cancellationToken).ConfigureAwait(false);
        return new ComponentServer(application);
    }

    /// <summary>Starts a web application and turns a port that can't be bound into a one-line error.</summary>
    /// <exception cref="StartupException">The port is in use or may not be bound.</exception>
    public static async Task StartAsync(WebApplication application, IPEndPoint endpoint, CancellationToken cancellationToken)
    {
        try
        {
            await application.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            await application.DisposeAsync().ConfigureAwait(false);
            throw new StartupException($"cannot listen on {endpoint}: {e.GetBaseException().Message}", e);
        }
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();
}

/// <summary>The /metrics endpoint.</summary>
public static class MetricsEndpoint
{
    /// <summary>Maps /metrics, which answers 401 to callers without a client certificate that TLS has accepted.</summary>
    public static void MapMetrics(this Microsoft.AspNetCore.Routing.IEndpointRouteBuilder routes, MetricsRegistry metrics) =>
        routes.MapGet("/metrics", async context =>
        {
            if (await context.Connection.GetClientCertificateAsync(context.RequestAborted).ConfigureAwait(false) is null)
            {
                context.Response.StatusCode = StatusCodes.Status401Unauthorized;
                await context.Response.WriteAsync("Unauthorized\n", context.RequestAborted).ConfigureAwait(false);
                return;
            }

            context.Response.ContentType = PrometheusText.ContentType;
            await context.Response.WriteAsync(PrometheusText.Write(metrics), context.RequestAborted).ConfigureAwait(false);
        });
}
