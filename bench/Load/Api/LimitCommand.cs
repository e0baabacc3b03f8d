using System.CommandLine;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Hosting;

namespace Kube.Load.Api;

/// <summary>
/// `limit`: a Kestrel handler that answers GET /NAME with the bytes of the file NAME over TLS, and does nothing else: what
/// any API server on Kestrel can at most reach on this machine.
/// </summary>
internal static class LimitCommand
{
    public static Command Create()
    {
        var port = new Option<int>("--port") { Description = "Port on 127.0.0.1.", Required = true };
        var pki = new Option<string>("--pki") { Description = "Where server.crt and server.key lie.", Required = true };
        var files = new Option<string>("--files") { Description = "Where the files lie.", Required = true };
        var command = new Command("limit", "Answers with bytes as they are; bench api measures the API server against it.") { port, pki, files };
        command.Hidden = true;
        command.SetAction((parsed, cancellationToken) =>
            RunAsync(parsed.GetValue(port), parsed.GetRequiredValue(pki), parsed.GetRequiredValue(files), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(int port, string pki, string files, CancellationToken cancellationToken)
    {
        using var ephemeral = X509Certificate2.CreateFromPemFile(Path.Combine(pki, "server.crt"), Path.Combine(pki, "server.key"));
        using var certificate = X509CertificateLoader.LoadPkcs12(ephemeral.Export(X509ContentType.Pkcs12), null);
        var answers = new System.Collections.Concurrent.ConcurrentDictionary<string, byte[]>(StringComparer.Ordinal);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.Http2.MaxStreamsPerConnection = 1_000;
            kestrel.Listen(IPAddress.Loopback, port, listen =>
            {
                listen.Protocols = HttpProtocols.Http1AndHttp2;
                listen.UseHttps(https =>
                {
                    https.ServerCertificate = certificate;
                    https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                    https.ClientCertificateValidation = (_, _, _) => true;
                });
            });
        });
        await using var application = builder.Build();
        application.Run(http =>
        {
            var body = answers.GetOrAdd(http.Request.Path.Value!, path => File.ReadAllBytes(Path.Combine(files, path[1..])));
            http.Response.ContentType = "application/json";
            http.Response.ContentLength = body.Length;
            return http.Response.Body.WriteAsync(body, http.RequestAborted).AsTask();
        });
        await application.StartAsync(cancellationToken).ConfigureAwait(false);
        await application.WaitForShutdownAsync(cancellationToken).ConfigureAwait(false);
        return 0;
    }
}
