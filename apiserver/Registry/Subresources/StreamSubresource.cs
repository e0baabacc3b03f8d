using System.Globalization;
using System.Text.Json.Nodes;
using Kube.Api.Schema;
using Kube.ApiServer.Auth;
using Kube.ApiServer.Requests;
using Microsoft.AspNetCore.Http;

namespace Kube.ApiServer.Registry.Subresources;

/// <summary>
/// pods/exec, pods/attach and pods/portforward: a connection that is passed through to the kubelet of the pod's node, which
/// speaks whatever the client asks for.
/// </summary>
internal sealed class StreamSubresource(string name, IKubeletClient kubelets, Func<ResourceStore> nodes) : IConnectSubresource
{
    private static readonly string[] Served = ["create", "get"];

    public GroupVersionKind Kind { get; } = new("", "v1", name switch
    {
        "exec" => "PodExecOptions",
        "attach" => "PodAttachOptions",
        _ => "PodPortForwardOptions",
    });

    public IReadOnlyList<string> Verbs => Served;

    public JsonObject? OptionsOf(HttpContext http, RequestInfo request)
    {
        var query = http.Request.Query;
        var options = new JsonObject { ["kind"] = Kind.Kind, ["apiVersion"] = "v1" };
        if (name == "portforward")
        {
            var ports = query["ports"].Select(static port => int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? (JsonNode)number
                : throw ApiErrors.BadRequest($"strconv.ParseInt: parsing \"{port}\": invalid syntax")).ToArray();
            if (ports.Length > 0)
            {
                options["ports"] = new JsonArray(ports);
            }

            return options;
        }

        foreach (var flag in (string[])["stdin", "stdout", "stderr", "tty"])
        {
            if (query.TryGetValue(flag, out var value) ? RequestInfoParser.IsTrue(value) : name == "attach" && flag is "stdout" or "stderr")
            {
                options[flag] = true;
            }
        }

        if (query["container"].ToString() is { Length: > 0 } container)
        {
            options["container"] = container;
        }

        if (name == "exec")
        {
            options["command"] = new JsonArray([.. query["command"].Select(static word => (JsonNode?)word)]);
        }

        return options;
    }

    public async Task ConnectAsync(HttpContext http, RequestInfo request, UserInfo user, ResourceStore store, CancellationToken cancellationToken)
    {
        if (!Served.Contains(request.Verb))
        {
            throw ApiErrors.MethodNotSupported();
        }

        var pod = await store.FindAsync(request.Namespace, request.Name, cancellationToken).ConfigureAwait(false)
            ?? throw ApiErrors.NotFound(store.Definition, request.Name);
        var query = http.Request.Query;
        var path = name == "portforward"
            ? $"/portForward/{request.Namespace}/{request.Name}"
            : $"/{name}/{request.Namespace}/{request.Name}/{PodContainers.Choose(pod, request.Name, query["container"].ToString())}";
        var node = ObjectAccessor.Text(pod["spec"] as JsonObject, "nodeName");
        if (node.Length == 0)
        {
            throw ApiErrors.BadRequest($"pod {request.Name} does not have a host assigned");
        }

        if (!BackendProxy.IsUpgrade(http.Request))
        {
            throw ApiErrors.BadRequest("Upgrade request required");
        }

        var address = new Uri(KubeletAddress.Of(nodes(), node), path + KubeletQuery(name, query));
        await BackendProxy.RunAsync(http, address, kubelets.SendAsync, links: null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The kubelet's parameters for the client's.</summary>
    internal static string KubeletQuery(string name, IQueryCollection query)
    {
        List<string> parts = [];
        if (name == "portforward")
        {
            AddAll("ports", "port");
        }
        else
        {
            AddFlag("stdin", "input", absent: false);
            AddFlag("stdout", "output", absent: name == "attach");
            AddFlag("stderr", "error", absent: name == "attach");
            AddFlag("tty", "tty", absent: false);
        }

        if (name == "exec")
        {
            AddAll("command", "command");
        }

        return parts.Count == 0 ? "" : "?" + string.Join('&', parts);

        void AddFlag(string from, string to, bool absent)
        {
            if (query.TryGetValue(from, out var value) ? RequestInfoParser.IsTrue(value) : absent)
            {
                parts.Add(to + "=1");
            }
        }

        void AddAll(string from, string to)
        {
            foreach (var value in query[from])
            {
                parts.Add(string.Create(CultureInfo.InvariantCulture, $"{to}={Uri.EscapeDataString(value ?? "")}"));
            }
        }
    }
}
