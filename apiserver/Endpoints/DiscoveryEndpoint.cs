using Microsoft.AspNetCore.Http;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Kube.Api.Schema;
using Kube.Api.Serialization;
using Kube.ApiServer.Registry;

namespace Kube.ApiServer.Endpoints;

/// <summary>
/// What is served, in both forms: the classic documents per group and version, and the aggregated one
/// (apidiscovery.k8s.io v2 and v2beta1) with an ETag. Built from the registry on each change, and kept encoded.
/// Thread-safe.
/// </summary>
internal sealed class DiscoveryEndpoint(ResourceRegistry registry, IReadOnlyCollection<KindInfo> unstored, string serverAddress)
{
    private const string AggregatedGroup = "apidiscovery.k8s.io";
    private const string AggregatedKind = "APIGroupDiscoveryList";

    /// <summary>Groups in the order in which clients prefer them, as Kubernetes ranks them; others follow by name.</summary>
    private static readonly string[] GroupOrder =
    [
        "apiregistration.k8s.io", "apps", "events.k8s.io", "authentication.k8s.io", "authorization.k8s.io", "autoscaling", "batch",
        "certificates.k8s.io", "networking.k8s.io", "policy", "rbac.authorization.k8s.io", "storage.k8s.io",
        "admissionregistration.k8s.io", "apiextensions.k8s.io", "scheduling.k8s.io", "coordination.k8s.io", "node.k8s.io",
        "discovery.k8s.io", "flowcontrol.apiserver.k8s.io",
    ];

    /// <summary>Paths of all groups and versions, for the root path's list.</summary>
    public IEnumerable<string> Paths => Groups().SelectMany(g =>
        g.Key.Length == 0 ? ["/api", "/api/v1"] : g.Value.Select(v => $"/apis/{g.Key}/{v}").Prepend("/apis/" + g.Key).Prepend("/apis"));

    /// <summary>/api</summary>
    public Task CoreAsync(ApiRequest request) =>
        Aggregated(request) is { } version ? WriteAggregatedAsync(request, version, core: true) : WriteAsync(request, new JsonObject
        {
            ["kind"] = "APIVersions",
            ["versions"] = new JsonArray(JsonValue.Create("v1")),
            ["serverAddressByClientCIDRs"] = new JsonArray(new JsonObject { ["clientCIDR"] = "0.0.0.0/0", ["serverAddress"] = serverAddress }),
        });

    /// <summary>/apis</summary>
    public Task GroupsAsync(ApiRequest request) =>
        Aggregated(request) is { } version ? WriteAggregatedAsync(request, version, core: false) : WriteAsync(request, new JsonObject
        {
            ["kind"] = "APIGroupList",
            ["apiVersion"] = "v1",
            ["groups"] = new JsonArray([.. Groups().Where(g => g.Key.Length > 0).Select(g => (JsonNode)Group(g.Key, g.Value))]),
        });

    /// <summary>/apis/GROUP, /apis/GROUP/VERSION and /api/v1.</summary>
    public Task BelowAsync(ApiRequest request)
    {
        var parts = request.Info.Path.Trim('/').Split('/');
        var groups = Groups();
        if (parts is ["apis", var name] && groups.FirstOrDefault(g => g.Key == name) is { Value: not null } group)
        {
            var answer = Group(group.Key, group.Value);
            answer["kind"] = "APIGroup";
            answer["apiVersion"] = "v1";
            return WriteAsync(request, answer);
        }

        var (wanted, version) = parts switch
        {
            ["apis", var g, var v] => (g, v),
            ["api", var v] => ("", v),
            _ => throw ApiErrors.PathNotFound(),
        };
        var resources = Kinds().Where(k => k.Info.Group == wanted && k.Info.Version == version).ToList();
        return resources.Count == 0 ? throw ApiErrors.PathNotFound() : WriteAsync(request, new JsonObject
        {
            ["kind"] = "APIResourceList",
            ["apiVersion"] = "v1",
            ["groupVersion"] = resources[0].Info.ApiVersion,
            ["resources"] = new JsonArray([.. resources.SelectMany(r => Resources(r.Info, r.Store))]),
        });
    }

    private static IEnumerable<JsonNode> Resources(KindInfo info, ResourceStore? store)
    {
        var resource = new JsonObject
        {
            ["name"] = info.Plural,
            ["singularName"] = info.Singular,
            ["namespaced"] = info.Namespaced,
            ["kind"] = info.Kind,
            ["verbs"] = Strings(info.Verbs),
        };
        AddNames(resource, info);
        yield return resource;
        foreach (var (name, subresource) in (store?.Definition.Subresources ?? new Dictionary<string, ISubresource>()).OrderBy(s => s.Key, StringComparer.Ordinal))
        {
            var entry = new JsonObject { ["name"] = info.Plural + "/" + name, ["singularName"] = "", ["namespaced"] = info.Namespaced };
            if (subresource.Kind.ApiVersion != info.ApiVersion)
            {
                entry["group"] = subresource.Kind.Group;
                entry["version"] = subresource.Kind.Version;
            }

            entry["kind"] = subresource.Kind.Kind;
            entry["verbs"] = Strings(subresource.Verbs);
            yield return entry;
        }
    }

    private static JsonObject AggregatedResource(KindInfo info, ResourceStore? store)
    {
        var resource = new JsonObject
        {
            ["resource"] = info.Plural,
            ["responseKind"] = Kind(info.GroupVersionKind),
            ["scope"] = info.Namespaced ? "Namespaced" : "Cluster",
            ["singularResource"] = info.Singular,
            ["verbs"] = Strings(info.Verbs),
        };
        AddNames(resource, info);
        if (store is { Definition.Subresources.Count: > 0 })
        {
            resource["subresources"] = new JsonArray([.. store.Definition.Subresources.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => (JsonNode)new JsonObject
            {
                ["subresource"] = s.Key,
                ["responseKind"] = Kind(s.Value.Kind),
                ["verbs"] = Strings(s.Value.Verbs),
            })]);
        }

        return resource;
    }

    private static JsonObject Group(string name, IReadOnlyList<string> versions) => new()
    {
        ["name"] = name,
        ["versions"] = new JsonArray([.. versions.Select(v => (JsonNode)Version(name, v))]),
        ["preferredVersion"] = Version(name, versions[0]),
    };

    private static JsonObject Version(string group, string version) => new() { ["groupVersion"] = group + "/" + version, ["version"] = version };

    private static JsonObject Kind(GroupVersionKind kind) => new() { ["group"] = kind.Group, ["version"] = kind.Version, ["kind"] = kind.Kind };

    private static void AddNames(JsonObject resource, KindInfo info)
    {
        if (info.ShortNames.Count > 0)
        {
            resource["shortNames"] = Strings(info.ShortNames);
        }

        if (info.Categories.Count > 0)
        {
            resource["categories"] = Strings(info.Categories);
        }
    }

    private static JsonArray Strings(IEnumerable<string> values) => new([.. values.Select(v => (JsonNode)JsonValue.Create(v))]);

    /// <summary>The version of aggregated discovery that the client prefers, or null for the classic form.</summary>
    private static string? Aggregated(ApiRequest request)
    {
        var accept = request.Http.Request.Headers.Accept.ToString();
        foreach (var clause in accept.Split(',', StringSplitOptions.TrimEntries))
        {
            if (MediaType.TryParse(clause, out var type) && type.Essence == WireFormats.Json)
            {
                if (type["g"] != AggregatedGroup || type["as"] != AggregatedKind)
                {
                    return null;
                }

                if (type["v"] is "v2" or "v2beta1")
                {
                    return type["v"];
                }
            }
        }

        return null;
    }

    private async Task WriteAggregatedAsync(ApiRequest request, string version, bool core)
    {
        var items = new JsonArray();
        var kinds = Kinds().ToList();
        foreach (var (name, versions) in Groups().Where(g => g.Key.Length == 0 == core))
        {
            items.Add((JsonNode)new JsonObject
            {
                ["metadata"] = name.Length == 0 ? new JsonObject { ["creationTimestamp"] = null } : new JsonObject { ["name"] = name, ["creationTimestamp"] = null },
                ["versions"] = new JsonArray([.. versions.Select(v => (JsonNode)new JsonObject
                {
                    ["version"] = v,
                    ["resources"] = new JsonArray([.. kinds.Where(k => k.Info.Group == name && k.Info.Version == v).Select(k => (JsonNode)AggregatedResource(k.Info, k.Store))]),
                    ["freshness"] = "Current",
                })]),
            });
        }

        var body = ObjectJson.Encode(new JsonObject
        {
            ["kind"] = AggregatedKind,
            ["apiVersion"] = AggregatedGroup + "/" + version,
            ["metadata"] = new JsonObject(),
            ["items"] = items,
        });
        var etag = '"' + Convert.ToHexString(SHA512.HashData(body)) + '"';
        request.Http.Response.Headers.ETag = etag;
        request.Http.Response.Headers.Append("Vary", "Accept");
        if (request.Http.Request.Headers.IfNoneMatch.ToString() == etag)
        {
            request.Http.Response.StatusCode = 304;
            return;
        }

        await ResponseWriter.WriteBytesAsync(request, 200, body, $"application/json;g={AggregatedGroup};v={version};as={AggregatedKind}").ConfigureAwait(false);
    }

    private IEnumerable<(KindInfo Info, ResourceStore? Store)> Kinds() =>
        registry.Stores.Select(s => (s.Definition.Info, (ResourceStore?)s))
            .Concat(unstored.Select(k => (k, (ResourceStore?)null)))
            .OrderBy(k => k.Item1.Plural, StringComparer.Ordinal);

    /// <summary>Groups with their versions, the preferred one first.</summary>
    private List<KeyValuePair<string, IReadOnlyList<string>>> Groups() =>
        [.. Kinds()
            .GroupBy(k => k.Info.Group)
            .OrderBy(g => Array.IndexOf(GroupOrder, g.Key) is >= 0 and var rank ? rank : GroupOrder.Length)
            .ThenBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => KeyValuePair.Create(g.Key, (IReadOnlyList<string>)[.. g.Select(k => k.Info.Version).Distinct().OrderDescending(VersionOrder.Instance)]))];

    private static Task WriteAsync(ApiRequest request, JsonObject answer) =>
        ResponseWriter.WriteObjectAsync(request, 200, answer, null, ResponseWriter.Negotiate(request, allowProtobuf: false) with { As = null });
}
