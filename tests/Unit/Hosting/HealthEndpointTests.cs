using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kube.Hosting.Tests;

public class HealthEndpointTests
{
    [Theory]
    [InlineData(true, "/readyz", HttpStatusCode.OK, "ok")]
    [InlineData(true, "/readyz?verbose", HttpStatusCode.OK, "[+]ping ok\n[+]etcd ok\nreadyz check passed\n")]
    [InlineData(false, "/readyz", HttpStatusCode.InternalServerError, "[+]ping ok\n[-]etcd failed: reason withheld\nreadyz check failed\n")]
    [InlineData(false, "/readyz?exclude=etcd", HttpStatusCode.OK, "ok")]
    [InlineData(false, "/readyz/ping", HttpStatusCode.OK, "ok")]
    [InlineData(false, "/readyz/etcd", HttpStatusCode.InternalServerError, "internal server error: no leader\n")]
    [InlineData(false, "/readyz/nothing", HttpStatusCode.NotFound, "404 page not found\n")]
    [InlineData(false, "/livez", HttpStatusCode.OK, "ok")]
    [InlineData(false, "/healthz", HttpStatusCode.OK, "ok")]
    public async Task Answers_as_Kubernetes_does(bool healthy, string path, HttpStatusCode status, string body)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        await using var application = builder.Build();
        application.UseRouting();
        application.MapHealth(
            new HealthChecks(), new HealthChecks().Add("etcd", () => healthy, "no leader"), TimeProvider.System, NullLogger.Instance);
        await application.StartAsync();
        var address = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        using var client = new HttpClient { BaseAddress = new Uri(address) };

        using var response = await client.GetAsync(path);

        Assert.Equal(status, response.StatusCode);
        Assert.Equal(body, await response.Content.ReadAsStringAsync());
    }
}
