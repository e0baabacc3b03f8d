using System.Net;
using Kube.Hosting;
using Kube.Hosting.Metrics;
using Kube.Kubelet.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Kube.Kubelet.Host;

/// <summary>The kubelet's HTTPS server, and its plain /healthz on loopback where one is asked for.</summary>
internal static class KubeletServer
{
    /// <exception cref="StartupException">A certificate cannot be read, or a port cannot be bound.</exception>
    public static async Task<IAsyncDisposable> StartAsync(
        KubeletOptions options,
        KubeletEndpoints endpoints,
        StreamEndpoints streams,
        StatsEndpoints stats,
        HealthChecks checks,
        MetricsRegistry metrics,
        ILoggerFactory logs,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var certificate = ServingCertificate.Load(options.CertificateFile, options.PrivateKeyFile);
        var authorities = ServingCertificate.LoadAuthorities(options.ClientAuthorityFile);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(logs);
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // A follower of a quiet log reads nothing for hours.
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(options.Endpoint, listen => listen.UseHttps(https =>
            {
                https.ServerCertificate = certificate;
                https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                https.ClientCertificateValidation = (client, _, _) =>
                    ServingCertificate.IsTrusted(client, authorities, ServingCertificate.ClientAuthentication);
            }));
            if (options.HealthPort > 0)
            {
                kestrel.Listen(IPAddress.Loopback, options.HealthPort);
            }
        });
        var application = builder.Build();
        application.UseRouting();
        application.MapHealth(checks, checks, time, logs.CreateLogger<KubeletEndpoints>());
        application.MapMetrics(metrics);
        endpoints.Map(application);
        streams.Map(application);
        stats.Map(application);
        await ComponentServer.StartAsync(application, options.Endpoint, cancellationToken).ConfigureAwait(false);
        return application;
    }
}
