using Kube.Api.Core.V1;
using Kube.Kubelet.PodWorkers;
using Kube.Kubelet.Runtime;
using Kube.Streams.Remote;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Cri = Kube.Proto.Cri.V1;

namespace Kube.Kubelet.Server;

/// <summary>exec, attach and port-forward: connections that become streams into a container or pod.</summary>
internal sealed class StreamEndpoints(PodWorkers.PodWorkers workers, ICriRuntime runtime, IContainerStreams streams, TimeProvider time)
{
    private readonly StreamSessions _sessions = new(time);
    private readonly PortForwardSessions _forwards = new(time);

    public void Map(IEndpointRouteBuilder routes)
    {
        Map(routes, "exec", ExecAsync);
        Map(routes, "attach", AttachAsync);
        routes.Map("/portForward/{ns}/{pod}", Handler(ForwardAsync));
        routes.Map("/portForward/{ns}/{pod}/{uid}", Handler(ForwardAsync));
    }

    private static void Map(IEndpointRouteBuilder routes, string way, Func<HttpContext, CancellationToken, Task> handler)
    {
        routes.Map($"/{way}/{{ns}}/{{pod}}/{{container}}", Handler(handler));
        routes.Map($"/{way}/{{ns}}/{{pod}}/{{uid}}/{{container}}", Handler(handler));
    }

    /// <summary>Behind the check of who calls; a client that goes or a kubelet that stops is no error.</summary>
    private static RequestDelegate Handler(Func<HttpContext, CancellationToken, Task> handler) => KubeletEndpoints.Allowed(async context =>
    {
        CancellationToken stops = context.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(stops, context.RequestAborted);
        try
        {
            await handler(context, either.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException && context.Response.HasStarted)
        {
            // The stream is over, and nobody is there to be answered.
        }
    });

    private async Task ExecAsync(HttpContext context, CancellationToken stopping)
    {
        if (await ContainerAsync(context) is not { } id || await RequestAsync(context) is not { } request)
        {
            return;
        }

        List<string> command = [.. context.Request.Query["command"].Select(c => c ?? "")];
        await _sessions.RunAsync(context, request, (session, cancel) => streams.ExecAsync(id, command, request.Terminal, session, cancel), stopping);
    }

    private async Task AttachAsync(HttpContext context, CancellationToken stopping)
    {
        if (await ContainerAsync(context) is { } id && await RequestAsync(context) is { } request)
        {
            await _sessions.RunAsync(context, request, (session, cancel) => streams.AttachAsync(id, request.Terminal, session, cancel), stopping);
        }
    }

    private async Task ForwardAsync(HttpContext context, CancellationToken stopping)
    {
        if (await PodAsync(context) is not var (pod, _))
        {
            return;
        }

        Cri.PodSandboxFilter filter = new() { State = new Cri.PodSandboxStateValue { State = Cri.PodSandboxState.SandboxReady } };
        filter.LabelSelector[KubeletLabels.PodUid] = pod.Uid();
        IReadOnlyList<Cri.PodSandbox> sandboxes = await runtime.ListPodSandboxAsync(filter, stopping);
        if (sandboxes.MaxBy(s => s.CreatedAt) is not { } sandbox)
        {
            await KubeletEndpoints.ErrorAsync(context, StatusCodes.Status500InternalServerError, $"pod \"{pod.Metadata.Name}\" has no running sandbox");
            return;
        }

        await _forwards.RunAsync(context, sandbox.Id, (port, cancel) => streams.ConnectAsync(sandbox.Id, port, cancel), stopping);
    }

    private async Task<(Pod Pod, PodStatus? Status)?> PodAsync(HttpContext context)
    {
        string ns = (string)context.Request.RouteValues["ns"]!;
        string name = (string)context.Request.RouteValues["pod"]!;
        string? uid = (string?)context.Request.RouteValues["uid"];
        if (workers.Find(ns, name) is var (pod, status) && (uid is null || pod.Uid() == uid))
        {
            return (pod, status);
        }

        await KubeletEndpoints.ErrorAsync(context, StatusCodes.Status404NotFound, "pod does not exist");
        return null;
    }

    /// <summary>The running container that the path names, without its runtime's name; null when the answer is written.</summary>
    private async Task<string?> ContainerAsync(HttpContext context)
    {
        if (await PodAsync(context) is not var (_, status))
        {
            return null;
        }

        string name = (string)context.Request.RouteValues["container"]!;
        ContainerStatus? found = (status?.ContainerStatuses ?? [])
            .Concat(status?.InitContainerStatuses ?? [])
            .Concat(status?.EphemeralContainerStatuses ?? [])
            .FirstOrDefault(s => s.Name == name);
        if (found is { State.Running: not null, ContainerID: { Length: > 0 } id })
        {
            return KubeletEndpoints.Bare(id);
        }

        await KubeletEndpoints.ErrorAsync(context, StatusCodes.Status500InternalServerError, $"container not found (\"{name}\")");
        return null;
    }

    /// <summary>Which streams the query asks for; null when the answer is written.</summary>
    private static async Task<RemoteRequest?> RequestAsync(HttpContext context)
    {
        RemoteRequest request = Parse(context.Request.Query);
        if (request.Input || request.Output || request.Error)
        {
            return request;
        }

        await KubeletEndpoints.ErrorAsync(context, StatusCodes.Status400BadRequest, "you must specify at least 1 of stdin, stdout, stderr");
        return null;
    }

    /// <summary>input, output, error and tty; a terminal has one output for both.</summary>
    internal static RemoteRequest Parse(IQueryCollection query)
    {
        bool terminal = query["tty"] == "1";
        return new RemoteRequest(query["input"] == "1", query["output"] == "1", query["error"] == "1" && !terminal, terminal);
    }
}
