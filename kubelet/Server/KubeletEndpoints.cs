using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Kube.Api.Core.V1;
using Kube.Api.Json;
using Kube.Kubelet.PodWorkers;
using Kube.Kubelet.Runtime;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Cri = Kube.Proto.Cri.V1;

namespace Kube.Kubelet.Server;

/// <summary>
/// The kubelet's own API, which the API server calls: logs and the pods of the node. Whoever calls it needs a client
/// certificate that TLS has accepted, of the group system:masters.
/// </summary>
internal sealed class KubeletEndpoints(PodWorkers.PodWorkers workers, ICriRuntime runtime, TimeProvider time)
{
    private const string Masters = "system:masters";

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/containerLogs/{ns}/{pod}/{container}", Allowed(LogsAsync));
        routes.MapGet("/pods", Allowed(PodsAsync));
    }

    /// <summary>The handler behind the check of who calls.</summary>
    public static RequestDelegate Allowed(RequestDelegate handler) => async context =>
    {
        X509Certificate2? certificate = await context.Connection.GetClientCertificateAsync(context.RequestAborted);
        if (certificate is null)
        {
            await ErrorAsync(context, StatusCodes.Status401Unauthorized, "Unauthorized");
        }
        else if (!Groups(certificate).Contains(Masters))
        {
            string user = certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
            await ErrorAsync(
                context,
                StatusCodes.Status403Forbidden,
                $"Forbidden (user={user}, verb={(HttpMethods.IsGet(context.Request.Method) ? "get" : "create")}, resource=nodes, subresource=proxy)");
        }
        else
        {
            await handler(context);
        }
    };

    private static IEnumerable<string> Groups(X509Certificate2 certificate) => certificate.SubjectName
        .EnumerateRelativeDistinguishedNames()
        .Where(n => !n.HasMultipleElements && n.GetSingleElementType().Value == "2.5.4.10")
        .Select(n => n.GetSingleElementValue()!);

    private async Task LogsAsync(HttpContext context)
    {
        string ns = (string)context.Request.RouteValues["ns"]!;
        string podName = (string)context.Request.RouteValues["pod"]!;
        string name = (string)context.Request.RouteValues["container"]!;
        if (LogQuery.Parse(context.Request.Query, time.GetUtcNow(), out string? error) is not { } query)
        {
            await ErrorAsync(context, StatusCodes.Status400BadRequest, error!);
            return;
        }

        if (workers.Find(ns, podName) is not var (pod, status))
        {
            await ErrorAsync(context, StatusCodes.Status404NotFound, $"pod \"{podName}\" does not exist\n");
            return;
        }

        if (!pod.EveryContainer().Any(c => c.Name == name))
        {
            await ErrorAsync(context, StatusCodes.Status404NotFound, $"container \"{name}\" not found in pod \"{podName}\"\n");
            return;
        }

        (string? id, string? problem) = ContainerToRead(podName, name, status, query.Previous);
        if (id is null)
        {
            await ErrorAsync(context, StatusCodes.Status400BadRequest, problem!);
            return;
        }

        await StreamAsync(context, query, id);
    }

    private async Task StreamAsync(HttpContext context, LogQuery query, string id)
    {
        string? path = await LogPathAsync(id, context.RequestAborted);
        if (path is null || !File.Exists(path))
        {
            await ErrorAsync(context, StatusCodes.Status500InternalServerError, $"unable to retrieve container logs for {id}");
            return;
        }

        context.Response.ContentType = "text/plain";
        await context.Response.StartAsync(context.RequestAborted);
        // Whoever follows is answered before the container has written anything.
        await context.Response.Body.FlushAsync(context.RequestAborted);
        ContainerLogReader reader = new(path, query, cancel => RunningAsync(id, cancel), time);
        try
        {
            await reader.WriteToAsync(context.Response.Body, context.RequestAborted);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The reader went away.
        }
    }

    /// <summary>The container whose log is meant, without its runtime's name; or why there is none, in Kubernetes' words.</summary>
    internal static (string? Id, string? Problem) ContainerToRead(string pod, string name, PodStatus? status, bool previous)
    {
        ContainerStatus? found = (status?.ContainerStatuses ?? [])
            .Concat(status?.InitContainerStatuses ?? [])
            .Concat(status?.EphemeralContainerStatuses ?? [])
            .FirstOrDefault(s => s.Name == name);
        if (found is null)
        {
            return (null, $"container \"{name}\" in pod \"{pod}\" is not available");
        }

        string? id;
        if (previous)
        {
            id = found.LastState?.Terminated?.ContainerID;
            return id is { Length: > 0 } ? (Bare(id), null) : (null, $"previous terminated container \"{name}\" in pod \"{pod}\" not found");
        }

        if (found.State?.Running is not null)
        {
            return (Bare(found.ContainerID!), null);
        }

        if (found.State?.Terminated is { } terminated)
        {
            id = terminated.ContainerID is { Length: > 0 } own ? own : found.LastState?.Terminated?.ContainerID;
            return id is { Length: > 0 } ? (Bare(id), null) : (null, $"container \"{name}\" in pod \"{pod}\" is terminated");
        }

        if (found.LastState?.Terminated?.ContainerID is { Length: > 0 } last)
        {
            return (Bare(last), null);
        }

        return (null, $"container \"{name}\" in pod \"{pod}\" is waiting to start" + found.State?.Waiting?.Reason switch
        {
            "ErrImagePull" => ": image can't be pulled",
            "ImagePullBackOff" => ": trying and failing to pull image",
            { } reason => ": " + reason,
            null => " - no logs yet",
        });
    }

    internal static string Bare(string id) => id[(id.IndexOf("://", StringComparison.Ordinal) + 3)..];

    private async Task<string?> LogPathAsync(string id, CancellationToken cancellation)
    {
        try
        {
            return (await runtime.ContainerStatusAsync(id, false, cancellation)).Status.LogPath;
        }
        catch (Grpc.Core.RpcException e) when (e.StatusCode == Grpc.Core.StatusCode.NotFound)
        {
            return null;
        }
    }

    private async Task<bool> RunningAsync(string id, CancellationToken cancellation)
    {
        try
        {
            return (await runtime.ContainerStatusAsync(id, false, cancellation)).Status.State == Cri.ContainerState.ContainerRunning;
        }
        catch (Grpc.Core.RpcException e) when (e.StatusCode == Grpc.Core.StatusCode.NotFound)
        {
            return false;
        }
    }

    private async Task PodsAsync(HttpContext context)
    {
        JsonArray items = [];
        foreach ((Pod pod, PodStatus? status) in workers.Pods)
        {
            items.Add(JsonNode.Parse(KubeJson.Serialize(new Pod { Metadata = pod.Metadata, Spec = pod.Spec, Status = status })));
        }

        JsonObject list = new() { ["kind"] = "PodList", ["apiVersion"] = "v1", ["metadata"] = new JsonObject(), ["items"] = items };
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(list.ToJsonString(), context.RequestAborted);
    }

    internal static async Task ErrorAsync(HttpContext context, int code, string message)
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = "text/plain; charset=utf-8";
        await context.Response.WriteAsync(message, context.RequestAborted);
    }
}
