using System.IO.Compression;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Kube.Rpc.Tests.Proto;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Kube.Rpc.Tests.Loopback;

public class TransportTests
{
    [Fact]
    public async Task Tls_WithClientCertificate_GivesThePeerIdentity()
    {
        using var serverCertificate = MakeCertificate("server", "localhost");
        using var clientCertificate = MakeCertificate("system:apiserver", "apiserver.test");
        using var namedOnly = MakeCertificate("someone", null);
        await using var server = await LoopbackServer.StartAsync(
            scheme: "https",
            listen: options => options.UseHttps(https =>
            {
                https.ServerCertificate = serverCertificate;
                https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                https.ClientCertificateValidation = (_, _, _) => true;
            }));
        server.Service.OnUnary = (_, context) => Task.FromResult(new Note
        {
            Text = $"{context.AuthContext.IsPeerAuthenticated} {context.AuthContext.PeerIdentityPropertyName} "
                + string.Join(',', context.AuthContext.PeerIdentity.Select(property => property.Value))
                + " " + string.Join(',', context.AuthContext.FindPropertiesByName("x509_common_name").Select(property => property.Value)),
        });

        async Task<string> Call(X509Certificate2? certificate)
        {
            using var handler = GrpcChannel.CreateHandler();
            handler.SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, remote, _, _) => remote!.GetCertHashString() == serverCertificate.GetCertHashString(),
                ClientCertificates = certificate is null ? null : [certificate],
            };
            using var channel = GrpcChannel.ForAddress(server.Address, new GrpcChannelOptions { HttpHandler = handler });
            return (await new Echo.EchoClient(channel).UnaryAsync(new Note())).Text;
        }

        Assert.Equal(
            "True x509_subject_alternative_name apiserver.test system:apiserver", await Call(clientCertificate));
        Assert.Equal("True x509_common_name someone someone", await Call(namedOnly));
        Assert.Equal("False   ", await Call(null));

        // A client that does not trust the server gets no connection.
        var e = await LoopbackServer.FailsAsync(server.Client.UnaryAsync(new Note()).ResponseAsync);
        Assert.Equal(StatusCode.Unavailable, e.StatusCode);
    }

    [Fact]
    public async Task UnixSocket_BothSides()
    {
        var path = Path.Combine(Path.GetTempPath(), $"kube-rpc-{Environment.ProcessId}.sock");
        File.Delete(path);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(path, options => options.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        await using var app = builder.Build();
        app.MapGrpcService(new EchoService { OnUnary = (_, context) => Task.FromResult(new Note { Text = context.Peer }) });
        await app.StartAsync();
        using var channel = UnixSocketConnector.CreateChannel(path);
        Assert.Equal("unix:", (await new Echo.EchoClient(channel).UnaryAsync(new Note())).Text);
        await app.StopAsync();
        var e = await LoopbackServer.FailsAsync(new Echo.EchoClient(channel).UnaryAsync(new Note()).ResponseAsync);
        Assert.Equal(StatusCode.Unavailable, e.StatusCode);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task Gzip_EachWay(bool request, bool response)
    {
        var counted = new CountingHandler(GrpcChannel.CreateHandler());
        await using var server = await LoopbackServer.StartAsync(
            options =>
            {
                options.ResponseCompressionAlgorithm = response ? "gzip" : null;
                options.ResponseCompressionLevel = CompressionLevel.Optimal;
            },
            new GrpcChannelOptions { HttpHandler = counted });
        var headers = new Metadata();
        if (request)
        {
            headers.Add("grpc-internal-encoding-request", "gzip");
        }

        server.Service.OnUnary = (note, context) =>
        {
            Assert.Null(context.RequestHeaders.Get("grpc-internal-encoding-request"));
            Assert.Equal(request ? "gzip" : null, context.GetHttpContext().Request.Headers["grpc-encoding"].FirstOrDefault());
            return Task.FromResult(note);
        };
        var sent = new Note { Data = ByteString.CopyFrom(new byte[200_000]) };
        Assert.Equal(sent, await server.Client.UnaryAsync(sent, headers));
        Assert.Equal(response ? "gzip" : null, counted.ResponseEncoding);
    }

    [Fact]
    public async Task UnknownEncoding_IsUnimplemented_AndNamesTheKnown()
    {
        await using var server = await LoopbackServer.StartAsync();
        using var http = new HttpMessageInvoker(GrpcChannel.CreateHandler());
        using var request = Request(server, [1, 0, 0, 0, 0], message => message.Headers.Add("grpc-encoding", "snappy"));
        using var response = await http.SendAsync(request, default);
        Assert.Equal("12", response.Headers.GetValues("grpc-status").Single());
        Assert.Equal("identity,gzip", response.Headers.GetValues("grpc-accept-encoding").Single());
    }

    [Theory]
    [InlineData(new byte[0], "13")] // no message
    [InlineData(new byte[] { 0, 0, 0 }, "13")] // ends inside a prefix
    [InlineData(new byte[] { 0, 0, 0, 0, 5, 1 }, "13")] // ends inside a message
    [InlineData(new byte[] { 2, 0, 0, 0, 0 }, "13")] // no such flag
    [InlineData(new byte[] { 1, 0, 0, 0, 0 }, "13")] // compressed without an agreement
    [InlineData(new byte[] { 0, 0, 0, 0, 1, 0xff }, "13")] // not a protobuf
    [InlineData(new byte[] { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, "13")] // two messages
    [InlineData(new byte[] { 0, 0xff, 0xff, 0xff, 0xff }, "8")] // too large
    [InlineData(new byte[] { 0, 0, 0, 0, 0 }, "0")]
    public async Task MalformedRequests_GetAStatus_AndTheServerGoesOn(byte[] body, string status)
    {
        await using var server = await LoopbackServer.StartAsync();
        using var http = new HttpMessageInvoker(GrpcChannel.CreateHandler());
        using var request = Request(server, body, _ => { });
        using var response = await http.SendAsync(request, default);
        Assert.Equal("application/grpc", response.Content.Headers.ContentType?.MediaType);
        await response.Content.ReadAsByteArrayAsync();
        var found = response.Headers.TryGetValues("grpc-status", out var early) ? early : response.TrailingHeaders.GetValues("grpc-status");
        Assert.Equal(status, found.Single());
        Assert.Equal("x", (await server.Client.UnaryAsync(new Note { Text = "x" })).Text);
    }

    [Fact]
    public async Task MalformedTimeout_IsInternal()
    {
        await using var server = await LoopbackServer.StartAsync();
        using var http = new HttpMessageInvoker(GrpcChannel.CreateHandler());
        using var request = Request(server, [0, 0, 0, 0, 0], message => message.Headers.Add("grpc-timeout", "soon"));
        using var response = await http.SendAsync(request, default);
        Assert.Equal("13", response.Headers.GetValues("grpc-status").Single());
    }

    [Fact]
    public async Task BufferedWrites_ArriveInOrder_WithTheNextUnbuffered()
    {
        await using var server = await LoopbackServer.StartAsync();
        server.Service.OnExpand = async (request, responses, _) =>
        {
            responses.WriteOptions = new WriteOptions(WriteFlags.BufferHint);
            for (var i = 0; i < request.Count; i++)
            {
                await responses.WriteAsync(new Note { Count = i, Data = request.Data });
            }
        };
        using var call = server.Client.Expand(new Note { Count = 1000, Data = ByteString.CopyFrom(new byte[1000]) });
        var next = 0;
        await foreach (var note in call.ResponseStream.ReadAllAsync())
        {
            Assert.Equal(next++, note.Count);
        }

        Assert.Equal(1000, next);
        using var collect = server.Client.Collect();
        collect.RequestStream.WriteOptions = new WriteOptions(WriteFlags.BufferHint);
        for (var i = 0; i < 1000; i++)
        {
            await collect.RequestStream.WriteAsync(new Note { Text = new string('x', 200) });
        }

        await collect.RequestStream.CompleteAsync();
        Assert.Equal(1000, (await collect).Count);
    }

    [Fact]
    public async Task SecondWrite_WhileOneWaits_IsRefused()
    {
        await using var server = await LoopbackServer.StartAsync();
        var reading = new TaskCompletionSource();
        server.Service.OnCollect = async (_, context) =>
        {
            await reading.Task;
            return new Note();
        };
        using var call = server.Client.Collect();
        var big = call.RequestStream.WriteAsync(new Note { Data = ByteString.CopyFrom(new byte[3_900_000]) });
        Assert.False(big.IsCompleted);
        await Assert.ThrowsAsync<InvalidOperationException>(() => call.RequestStream.WriteAsync(new Note()));
        reading.SetResult();
        await call.ResponseAsync.WaitAsync(LoopbackServer.Patience);
    }

    [Fact]
    public async Task ServicesFromDi_OnePerCall_AreDisposed()
    {
        Counted.Reset();
        await using var server = await LoopbackServer.StartAsync(
            services: services => services.AddSingleton(new Dependency("d")),
            map: app => app.MapGrpcService<Counted>());
        var health = new Grpc.Health.V1.Health.HealthClient(server.Channel);
        for (var i = 0; i < 3; i++)
        {
            await health.CheckAsync(new Grpc.Health.V1.HealthCheckRequest());
        }

        Assert.Equal((3, 3), (Counted.Made, Counted.Disposed));
    }

    [Fact]
    public async Task Definition_WithRawBytes_IsServed()
    {
        var bytes = Marshallers.Create<byte[]>(message => message, message => message);
        var method = new Method<byte[], byte[]>(MethodType.Unary, "raw.Bytes", "Reverse", bytes, bytes);
        var definition = ServerServiceDefinition.CreateBuilder()
            .AddMethod(method, (request, _) => Task.FromResult(request.Reverse().ToArray()))
            .Build();
        await using var server = await LoopbackServer.StartAsync(map: app => app.MapGrpcService(definition));
        var call = server.Channel.CreateCallInvoker().AsyncUnaryCall(method, null, default, [1, 2, 3]);
        var reversed = await call;
        Assert.Equal(new byte[] { 3, 2, 1 }, reversed);
    }

    [Fact]
    public async Task Credentials_AddMetadata()
    {
        await using var server = await LoopbackServer.StartAsync();
        server.Service.OnUnary = (_, context) => Task.FromResult(new Note { Text = context.RequestHeaders.GetValue("authorization") });
        var credentials = CallCredentials.FromInterceptor((context, metadata) =>
        {
            metadata.Add("authorization", "Bearer " + context.MethodName);
            return Task.CompletedTask;
        });
        Assert.Equal("Bearer Unary", (await server.Client.UnaryAsync(new Note(), new CallOptions(credentials: credentials))).Text);
    }

    private static HttpRequestMessage Request(LoopbackServer server, byte[] body, Action<HttpRequestMessage> change)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Address, "/kube.rpc.tests.Echo/Unary"))
        {
            Version = new Version(2, 0),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body),
        };
        request.Content.Headers.TryAddWithoutValidation("content-type", "application/grpc");
        change(request);
        return request;
    }

    private static X509Certificate2 MakeCertificate(string name, string? dnsName)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        if (dnsName is not null)
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName(dnsName);
            request.CertificateExtensions.Add(names.Build());
        }

        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }

    private sealed class CountingHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        public string? ResponseEncoding { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            ResponseEncoding = response.Headers.TryGetValues("grpc-encoding", out var values) ? values.Single() : null;
            return response;
        }
    }

    private sealed record Dependency(string Name);

    private sealed class Counted : Grpc.Health.V1.Health.HealthBase, IDisposable
    {
        public Counted(Dependency dependency)
        {
            Assert.Equal("d", dependency.Name);
            Made++;
        }

        public static int Made { get; private set; }

        public static int Disposed { get; private set; }

        public static void Reset() => (Made, Disposed) = (0, 0);

        public override Task<Grpc.Health.V1.HealthCheckResponse> Check(Grpc.Health.V1.HealthCheckRequest request, ServerCallContext context) =>
            Task.FromResult(new Grpc.Health.V1.HealthCheckResponse());

        public void Dispose() => Disposed++;
    }
}
