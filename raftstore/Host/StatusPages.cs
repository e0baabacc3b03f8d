using System.Diagnostics.Metrics;
using Grpc.Core;
using Kube.Hosting.Metrics;
using Kube.RaftStore.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kube.RaftStore.Host;

/// <summary>/health, /livez, /readyz, /version and /metrics as etcd serves them.</summary>
internal static class StatusPages
{
    private static readonly Meter s_meter = new("Kube.RaftStore.Host");
    private static readonly Counter<long> s_healthSuccesses = s_meter.CreateCounter<long>("etcd_server_health_success", description: "Checks of /health that were good.");
    private static readonly Counter<long> s_healthFailures = s_meter.CreateCounter<long>("etcd_server_health_failures", description: "Checks of /health that were bad.");

    public static void MapStatusPages(this IEndpointRouteBuilder routes, StoreServer server, MetricsRegistry metrics)
    {
        routes.MapGet("/health", context => HealthAsync(context, server));
        routes.MapGet("/livez", context => WriteAsync(context, StatusCodes.Status200OK, "text/plain", "ok\n"));
        routes.MapGet("/readyz", context => ReadyAsync(context, server));
        routes.MapGet("/version", context => WriteAsync(
            context,
            StatusCodes.Status200OK,
            "application/json",
            $$"""{"etcdserver":"{{server.Options.Version}}","etcdcluster":"{{ClusterVersion(server.Options.Version)}}"}"""));
        routes.MapGet("/metrics", context => WriteAsync(context, StatusCodes.Status200OK, PrometheusText.ContentType, PrometheusText.Write(metrics)));
    }

    private static async Task HealthAsync(HttpContext context, StoreServer server)
    {
        var reason = await ReasonAsync(context, server).ConfigureAwait(false);
        (reason.Length == 0 ? s_healthSuccesses : s_healthFailures).Add(1);
        await WriteAsync(
            context,
            reason.Length == 0 ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable,
            "text/plain; charset=utf-8",
            $$"""{"health":"{{(reason.Length == 0 ? "true" : "false")}}","reason":"{{reason}}"}""").ConfigureAwait(false);
    }

    private static async Task ReadyAsync(HttpContext context, StoreServer server)
    {
        var reason = await ReasonAsync(context, server).ConfigureAwait(false);
        await WriteAsync(
            context,
            reason.Length == 0 ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable,
            "text/plain",
            reason.Length == 0 ? "ok\n" : reason + "\n").ConfigureAwait(false);
    }

    /// <summary>Why the member is unhealthy, in etcd's words; empty when it is not.</summary>
    private static async Task<string> ReasonAsync(HttpContext context, StoreServer server)
    {
        foreach (var (_, type) in server.Machine.Alarms.Raised)
        {
            var name = type.ToString().ToUpperInvariant();
            if (!context.Request.Query["exclude"].Contains(name))
            {
                return "ALARM " + name;
            }
        }
        if (context.Request.Query["serializable"] == "true")
        {
            return "";
        }
        if (server.Log.Status.LeaderId == 0)
        {
            return "RAFT NO LEADER";
        }
        try
        {
            await server.ReadBarrierAsync(context.RequestAborted).ConfigureAwait(false);
            return "";
        }
        catch (RpcException e)
        {
            return "QGET ERROR:" + e.Status.Detail;
        }
    }

    private static string ClusterVersion(string version) => version[..version.LastIndexOf('.')] + ".0";

    private static Task WriteAsync(HttpContext context, int status, string contentType, string body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        return context.Response.WriteAsync(body, context.RequestAborted);
    }
}
