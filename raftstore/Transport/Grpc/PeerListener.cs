using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kube.RaftStore.Transport.Grpc;

/// <summary>The peer port of a member: mutual TLS, and nothing on it but the transport's streams and its service.</summary>
public sealed class PeerListener : IAsyncDisposable
{
    private readonly WebApplication _app;

    private PeerListener(WebApplication app) => _app = app;

    /// <summary>The port it listens on, where 0 was asked for.</summary>
    public int Port => new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;

    /// <summary>Listens from now on.</summary>
    /// <param name="endPoint">Where.</param>
    /// <param name="tls">Null for plain HTTP/2, as tests have it.</param>
    /// <param name="transport">Whose service to serve.</param>
    /// <param name="loggers">Where the server logs.</param>
    /// <param name="cancellationToken">Gives the start up.</param>
    /// <exception cref="IOException">The address is in use.</exception>
    public static async Task<PeerListener> StartAsync(
        IPEndPoint endPoint, PeerTls? tls, GrpcRaftTransport transport, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        // The empty builder: the others read configuration, and watch every file below the working directory for it.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggers);
        builder.Services.AddGrpc(o => o.MaxReceiveMessageSize = GrpcTransportOptions.MaxMessageBytes);
        builder.Services.AddRoutingCore();
        // What comes is decoded and put into the driver's inbox where it was read: no thread is woken in between.
        builder.WebHost.UseSockets(sockets => sockets.UnsafePreferInlineScheduling = true);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            // A stream lives as long as its connection and says nothing while there is nothing to say.
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.Http2.InitialStreamWindowSize = 4 << 20;
            kestrel.Limits.Http2.InitialConnectionWindowSize = 8 << 20;
            kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(5);
            kestrel.Limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(5);
            kestrel.Listen(endPoint, listen =>
            {
                listen.Protocols = HttpProtocols.Http2;
                if (tls is not null)
                {
                    listen.UseHttps(https =>
                    {
                        https.ServerCertificate = tls.Certificate;
                        https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
                        https.ClientCertificateValidation = (certificate, _, _) => tls.VerifyClient(certificate);
                    });
                }
                listen.Use(next => connection => transport.Exchange.RunAsync(connection, next));
            });
        });
        var app = builder.Build();
        app.UseRouting();
        app.MapGrpcService(transport.Service);
        await app.StartAsync(cancellationToken).ConfigureAwait(false);
        return new PeerListener(app);
    }

    public async ValueTask DisposeAsync()
    {
        // Peers' streams do not end by themselves.
        using var limit = new CancellationTokenSource();
        await limit.CancelAsync().ConfigureAwait(false);
        await _app.StopAsync(limit.Token).ConfigureAwait(false);
        await _app.DisposeAsync().ConfigureAwait(false);
    }
}
