using System.Net;
using System.Security.Cryptography.X509Certificates;
using Kube.Hosting;
using Kube.Hosting.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Kube.RaftStore.Host;

/// <summary>
/// The client port: etcd's gRPC services, and /health, /version and /metrics beside them over HTTP. Every port
/// speaks HTTP/1.1 and HTTP/2, with and without TLS.
/// </summary>
internal sealed partial class ClientListener : IAsyncDisposable
{
    /// <summary>etcd's allowance for gRPC's own bytes beside the largest request.</summary>
    private const int GrpcOverheadBytes = 512 * 1024;

    private readonly WebApplication _application;

    private ClientListener(WebApplication application) => _application = application;

    public static async Task<ClientListener> StartAsync(
        StoreOptions options, StoreServices services, MetricsRegistry metrics, ILoggerFactory logs, TimeProvider time, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<ILoggerFactory>(new KestrelLogs(logs));
        builder.Services.AddSingleton(time);
        builder.Services.AddRoutingCore();
        builder.Services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = options.MaxRequestBytes + GrpcOverheadBytes;
            grpc.MaxSendMessageSize = null;
        });
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => Configure(kestrel, options, time, logs.CreateLogger<ClientListener>()));
        var application = builder.Build();
        application.Use(CrossOrigin.InvokeAsync);
        application.UseRouting();
        if (options.Client.AllowedCommonNames.Count > 0)
        {
            var allowed = new AllowedClients(options.Client.AllowedCommonNames, logs.CreateLogger<AllowedClients>());
            application.Use(allowed.InvokeAsync);
        }
        services.Map(application);
        application.MapStatusPages(services.Server, metrics);
        await ComponentServer.StartAsync(application, EndPointOf(options.ListenClientUrls[0]), cancellationToken).ConfigureAwait(false);
        return new ClientListener(application);
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private static void Configure(KestrelServerOptions kestrel, StoreOptions options, TimeProvider time, ILogger logger)
    {
        kestrel.AddServerHeader = false;
        // Connections without TLS that speak HTTP/2 look to Kestrel as if they had TLS, and say "http".
        kestrel.AllowAlternateSchemes = true;
        // Watches idle for hours and clients may read slowly: neither is cut for its pace.
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.Http2.MaxStreamsPerConnection = 100_000;
        kestrel.Limits.Http2.InitialConnectionWindowSize = 4 << 20;
        kestrel.Limits.Http2.InitialStreamWindowSize = 1 << 20;
        // A client that is gone without a word is found by a ping.
        kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(60);
        kestrel.Limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(20);
        foreach (var url in options.ListenClientUrls.Concat(options.ListenMetricsUrls))
        {
            kestrel.Listen(EndPointOf(url), listen => Configure(listen, url, options, time, logger));
        }
    }

    private static void Configure(ListenOptions listen, Uri url, StoreOptions options, TimeProvider time, ILogger logger)
    {
        if (url.Scheme != Uri.UriSchemeHttps)
        {
            listen.Protocols = HttpProtocols.Http1AndHttp2;
            PlainProtocols.UseOn(listen, time);
            UrlAuthorityReader.UseOn(listen);
            return;
        }
        listen.Protocols = HttpProtocols.Http1AndHttp2;
        var tls = options.Client;
        if (tls.CertFile is null || tls.KeyFile is null)
        {
            throw new StartupException($"{url} needs --cert-file and --key-file");
        }
        if (tls.ClientCertAuth && tls.TrustedCaFile is null)
        {
            throw new StartupException("--client-cert-auth needs --trusted-ca-file");
        }
        var certificate = ServingCertificate.Load(tls.CertFile, tls.KeyFile);
        var authorities = tls.TrustedCaFile is { } file ? ServingCertificate.LoadAuthorities(file) : null;
        listen.UseHttps(https =>
        {
            https.ServerCertificate = certificate;
            https.ClientCertificateMode = tls.ClientCertAuth ? ClientCertificateMode.RequireCertificate
                : authorities is not null ? ClientCertificateMode.AllowCertificate
                : ClientCertificateMode.NoCertificate;
            https.ClientCertificateValidation = (client, _, _) => IsTrusted(client, authorities, logger);
        });
        UrlAuthorityReader.UseOn(listen);
    }

    private static bool IsTrusted(X509Certificate2 client, X509Certificate2Collection? authorities, ILogger logger)
    {
        var isTrusted = authorities is not null && ServingCertificate.IsTrusted(client, authorities, ServingCertificate.ClientAuthentication);
        if (!isTrusted)
        {
            LogUntrusted(logger, client.Subject, client.Issuer, client.NotBefore, client.NotAfter);
        }
        return isTrusted;
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "refused a client: its certificate {Subject}, signed by {Issuer}, valid from {NotBefore:u} to {NotAfter:u}, is not a client's of a trusted authority, or not valid now")]
    private static partial void LogUntrusted(ILogger logger, string subject, string issuer, DateTime notBefore, DateTime notAfter);

    /// <summary>The address to bind; a host name other than localhost is refused, as etcd refuses it.</summary>
    internal static IPEndPoint EndPointOf(Uri url)
        => IPAddress.TryParse(url.Host.Trim('[', ']'), out var address) ? new IPEndPoint(address, url.Port)
            : url.Host == "localhost" ? new IPEndPoint(IPAddress.Loopback, url.Port)
            : throw new StartupException($"{url}: expected an IP address to listen on, got '{url.Host}'");
}
