using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Kube.Client.Rest;

/// <summary>Subresources of pods that are requests rather than objects.</summary>
public sealed partial class KubeClient
{
    /// <summary>Puts a pod on a node (POST .../binding). A conflict when it has one already, or its uid is another.</summary>
    /// <param name="ns">The pod's namespace.</param>
    /// <param name="pod">The pod's name.</param>
    /// <param name="uid">The pod's uid; null to bind whichever pod has the name.</param>
    /// <param name="node">The node's name.</param>
    public async Task BindAsync(string ns, string pod, string? uid, string node, CancellationToken cancellation = default)
    {
        var body = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("apiVersion"u8, "v1"u8);
            json.WriteString("kind"u8, "Binding"u8);
            json.WriteStartObject("metadata"u8);
            json.WriteString("name"u8, pod);
            json.WriteString("namespace"u8, ns);
            if (uid is not null)
            {
                json.WriteString("uid"u8, uid);
            }

            json.WriteEndObject();
            json.WriteStartObject("target"u8);
            json.WriteString("apiVersion"u8, "v1"u8);
            json.WriteString("kind"u8, "Node"u8);
            json.WriteString("name"u8, node);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        await RawAsync(HttpMethod.Post, PodPath(ns, pod, "binding"), body.WrittenSpan.ToArray(), cancellation: cancellation).ConfigureAwait(false);
    }

    /// <summary>Deletes a pod as far as its disruption budgets allow (POST .../eviction); 429 when they do not.</summary>
    public Task EvictAsync(string ns, string pod, DeleteRequest? options = null, CancellationToken cancellation = default)
    {
        var eviction = new JsonObject
        {
            ["apiVersion"] = "policy/v1",
            ["kind"] = "Eviction",
            ["metadata"] = new JsonObject { ["name"] = pod, ["namespace"] = ns },
            ["deleteOptions"] = JsonNode.Parse((options ?? new DeleteRequest()).ToJson()),
        };
        return PostAsync(PodPath(ns, pod, "eviction"), eviction, cancellation);
    }

    private static string PodPath(string ns, string pod, string subresource) =>
        ResourceKind.Of<Kube.Api.Core.V1.Pod>().Path(ns, pod, subresource);

    private Task<RawResponse> PostAsync(string path, JsonObject body, CancellationToken cancellation) =>
        RawAsync(HttpMethod.Post, path, System.Text.Encoding.UTF8.GetBytes(body.ToJsonString()), cancellation: cancellation);
}
