using Grpc.Core;
using Kube.Kubelet.NodeStatus;
using Kube.Kubelet.PodWorkers;
using Kube.Kubelet.Probes;
using Kube.Kubelet.Stats;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kube.Kubelet.Server;

/// <summary>What node, pods and containers use, in Kubernetes' four forms: /stats/summary, /metrics/resource, /metrics/cadvisor and /metrics/probes.</summary>
internal sealed class StatsEndpoints(StatsReader stats, KubeletNode node, MachineFacts machine, ProbeCounts probes)
{
    private const string MetricsType = "text/plain; version=0.0.4; charset=utf-8";

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/stats/summary", KubeletEndpoints.Allowed(SummaryAsync));
        routes.MapGet("/metrics/resource", KubeletEndpoints.Allowed(ResourceAsync));
        routes.MapGet("/metrics/cadvisor", KubeletEndpoints.Allowed(CadvisorAsync));
        routes.MapGet("/metrics/probes", KubeletEndpoints.Allowed(context => WriteAsync(context, MetricsType, probes.Write())));
    }

    private async Task SummaryAsync(HttpContext context)
    {
        try
        {
            NodeReading reading = await stats.ReadAsync(context.RequestAborted);
            bool less = context.Request.Query["only_cpu_and_memory"] == "true";
            await WriteAsync(context, "application/json", SummaryJson.Write(node.Name, reading, less).ToJsonString());
        }
        catch (Exception e) when (IsMissing(e))
        {
            await KubeletEndpoints.ErrorAsync(context, StatusCodes.Status500InternalServerError, e.Message);
        }
    }

    private async Task ResourceAsync(HttpContext context)
    {
        NodeReading? reading = null;
        try
        {
            reading = await stats.ReadAsync(context.RequestAborted);
        }
        catch (Exception e) when (IsMissing(e))
        {
            // The page says that it could not be read.
        }

        await WriteAsync(context, MetricsType, ResourceMetrics.Write(reading));
    }

    private async Task CadvisorAsync(HttpContext context)
    {
        try
        {
            await WriteAsync(context, MetricsType, CadvisorMetrics.Write(await stats.ReadAsync(context.RequestAborted), machine.Processors, machine.MemoryBytes));
        }
        catch (Exception e) when (IsMissing(e))
        {
            await KubeletEndpoints.ErrorAsync(context, StatusCodes.Status500InternalServerError, e.Message);
        }
    }

    private static bool IsMissing(Exception e) => e is RpcException or IOException or UnauthorizedAccessException;

    private static async Task WriteAsync(HttpContext context, string type, string text)
    {
        context.Response.ContentType = type;
        await context.Response.WriteAsync(text, context.RequestAborted);
    }
}
