using System.Globalization;
using System.Text.Json.Nodes;
using System.Text;
using Kube.Api.Errors;
using Kube.Api.Schema;
using Kube.ApiServer.Auth;
using Kube.ApiServer.Requests;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http;

namespace Kube.ApiServer.Registry.Subresources;

/// <summary>pods/log: the output of a container, as the kubelet of the pod's node has it, passed through as it comes.</summary>
internal sealed class LogSubresource(IKubeletClient kubelets, Func<ResourceStore> nodes, TimeProvider time) : IConnectSubresource
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);
    private static readonly string[] Served = ["get"];
    private static readonly string[] Passed = ["follow", "previous", "sinceSeconds", "sinceTime", "timestamps", "tailLines", "limitBytes", "stream"];

    public GroupVersionKind Kind { get; } = new("", "v1", "Pod");

    public IReadOnlyList<string> Verbs => Served;

    /// <summary>A log is read, not connected to.</summary>
    public JsonObject? OptionsOf(HttpContext http, RequestInfo request) => null;

    public async Task ConnectAsync(HttpContext http, RequestInfo request, UserInfo user, ResourceStore store, CancellationToken cancellationToken)
    {
        if (request.Verb != "get")
        {
            throw ApiErrors.MethodNotSupported();
        }

        var pod = await store.FindAsync(request.Namespace, request.Name, cancellationToken).ConfigureAwait(false)
            ?? throw ApiErrors.NotFound(store.Definition, request.Name);
        var container = PodContainers.Choose(pod, request.Name, http.Request.Query["container"].ToString());
        var node = ObjectAccessor.Text(pod["spec"] as JsonObject, "nodeName");
        if (node.Length == 0)
        {
            // Nobody runs it yet: it has written nothing.
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        var address = new Uri(KubeletAddress.Of(nodes(), node), $"/containerLogs/{request.Namespace}/{request.Name}/{container}{QueryOf(http.Request.Query)}");
        await PassAsync(http, address, container, request.Name, cancellationToken).ConfigureAwait(false);
    }

    private async Task PassAsync(HttpContext http, Uri address, string container, string pod, CancellationToken cancellationToken)
    {
        HttpResponseMessage answer;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            answer = await kubelets.GetAsync(address, limit.Token).WaitAsync(AnswerLimit, time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is HttpRequestException or TimeoutException)
        {
            await limit.CancelAsync().ConfigureAwait(false);
            throw ApiErrors.InternalError($"Get \"{address}\": {exception.GetBaseException().Message}");
        }

        using (answer)
        {
            if (!answer.IsSuccessStatusCode)
            {
                throw await RefusedAsync(answer, container, pod, cancellationToken).ConfigureAwait(false);
            }

            var stream = await answer.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
            {
                await (LogWebSocket.IsAsked(http.Request)
                    ? LogWebSocket.SendAsync(http, stream, time, cancellationToken)
                    : CopyAsync(stream, http.Response, cancellationToken)).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Copies and flushes what comes when it comes: a follower waits for lines, not for buffers.</summary>
    private static async Task CopyAsync(Stream from, HttpResponse to, CancellationToken cancellationToken)
    {
        to.ContentType = "text/plain";
        to.HttpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await to.StartAsync(cancellationToken).ConfigureAwait(false);
        await to.Body.FlushAsync(cancellationToken).ConfigureAwait(false);
        var buffer = new byte[32 * 1024];
        while (true)
        {
            var read = await from.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                return;
            }

            await to.Body.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
            await to.Body.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<KubeStatusException> RefusedAsync(HttpResponseMessage answer, string container, string pod, CancellationToken cancellationToken)
    {
        var stream = await answer.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var buffer = new byte[4096];
        var read = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        var text = Encoding.UTF8.GetString(buffer, 0, read).TrimEnd();
        return (int)answer.StatusCode switch
        {
            400 => ApiErrors.BadRequest(text),
            404 => new KubeStatusException(new KubeStatus(404, "NotFound", $"the server could not find the requested resource ( pods/log {pod}, container {container}): {text}")),
            _ => ApiErrors.InternalError($"the kubelet answered {(int)answer.StatusCode}: {text}"),
        };
    }

    private static string QueryOf(IQueryCollection query)
    {
        var parts = Passed
            .Where(p => query.ContainsKey(p))
            .Select(p => string.Create(CultureInfo.InvariantCulture, $"{p}={Uri.EscapeDataString(query[p].ToString())}"));
        var text = string.Join('&', parts);
        return text.Length == 0 ? "" : "?" + text;
    }
}
