using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Reflection.V1;
using Kube.Rpc.Services.Health;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using ServingStatus = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Kube.Rpc.Tests.Loopback;

public class ServicesTests
{
    [Fact]
    public async Task Health_CheckAndWatch()
    {
        await using var server = await LoopbackServer.StartAsync(
            services: services => services.AddGrpcHealth(), map: app => app.MapGrpcHealthService());
        var health = server.App.Services.GetRequiredService<HealthService>();
        var client = new Health.HealthClient(server.Channel);
        Assert.Equal(ServingStatus.Serving, (await client.CheckAsync(new HealthCheckRequest())).Status);
        var e = await LoopbackServer.FailsAsync(client.CheckAsync(new HealthCheckRequest { Service = "a.B" }).ResponseAsync);
        Assert.Equal(new Status(StatusCode.NotFound, "unknown service"), e.Status);

        using var watch = client.Watch(new HealthCheckRequest { Service = "a.B" });
        async Task<ServingStatus> Next()
        {
            Assert.True(await watch.ResponseStream.MoveNext().WaitAsync(LoopbackServer.Patience));
            return watch.ResponseStream.Current.Status;
        }

        Assert.Equal(ServingStatus.ServiceUnknown, await Next());
        health.SetStatus("a.B", ServingStatus.Serving);
        Assert.Equal(ServingStatus.Serving, await Next());
        health.SetStatus("other", ServingStatus.NotServing);
        health.StopServing();
        Assert.Equal(ServingStatus.NotServing, await Next());
        health.ClearStatus("a.B");
        Assert.Equal(ServingStatus.ServiceUnknown, await Next());
    }

    [Fact]
    public async Task Reflection_AnswersEveryQuestion()
    {
        await using var server = await LoopbackServer.StartAsync(map: app => app.MapGrpcReflectionService());
        using var call = new ServerReflection.ServerReflectionClient(server.Channel).ServerReflectionInfo();
        async Task<ServerReflectionResponse> Ask(ServerReflectionRequest request)
        {
            await call.RequestStream.WriteAsync(request);
            Assert.True(await call.ResponseStream.MoveNext().WaitAsync(LoopbackServer.Patience));
            Assert.Equal(request, call.ResponseStream.Current.OriginalRequest);
            return call.ResponseStream.Current;
        }

        var list = await Ask(new ServerReflectionRequest { ListServices = "*" });
        Assert.Equal(
            ["grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection", "kube.rpc.tests.Echo"],
            list.ListServicesResponse.Service.Select(service => service.Name));
        foreach (var symbol in new[] { "kube.rpc.tests.Echo", "kube.rpc.tests.Echo.Chat", "kube.rpc.tests.Note", "kube.rpc.tests.Note.text" })
        {
            var found = await Ask(new ServerReflectionRequest { FileContainingSymbol = symbol });
            var file = FileDescriptorProto.Parser.ParseFrom(Assert.Single(found.FileDescriptorResponse.FileDescriptorProto));
            Assert.Equal("echo.proto", file.Name);
        }

        Assert.Equal("echo.proto", FileDescriptorProto.Parser.ParseFrom(
            (await Ask(new ServerReflectionRequest { FileByFilename = "echo.proto" })).FileDescriptorResponse.FileDescriptorProto[0]).Name);
        Assert.Equal(5, (await Ask(new ServerReflectionRequest { FileByFilename = "no.proto" })).ErrorResponse.ErrorCode);
        Assert.Equal(5, (await Ask(new ServerReflectionRequest { FileContainingSymbol = "no.Such" })).ErrorResponse.ErrorCode);
        Assert.Empty((await Ask(new ServerReflectionRequest { AllExtensionNumbersOfType = "kube.rpc.tests.Note" }))
            .AllExtensionNumbersResponse.ExtensionNumber);
        Assert.Equal(5, (await Ask(new ServerReflectionRequest
        {
            FileContainingExtension = new ExtensionRequest { ContainingType = "kube.rpc.tests.Note", ExtensionNumber = 100 },
        })).ErrorResponse.ErrorCode);
        Assert.Equal(3, (await Ask(new ServerReflectionRequest { Host = "h" })).ErrorResponse.ErrorCode);
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext());
    }

    [Fact]
    public async Task Reflection_V1Alpha_IsTheSame()
    {
        await using var server = await LoopbackServer.StartAsync(map: app => app.MapGrpcReflectionService());
        using var call = new Grpc.Reflection.V1Alpha.ServerReflection.ServerReflectionClient(server.Channel).ServerReflectionInfo();
        await call.RequestStream.WriteAsync(new Grpc.Reflection.V1Alpha.ServerReflectionRequest { ListServices = "" });
        Assert.True(await call.ResponseStream.MoveNext().WaitAsync(LoopbackServer.Patience));
        Assert.Equal(3, call.ResponseStream.Current.ListServicesResponse.Service.Count);
    }
}
