using System.Text.Json.Nodes;
using Kube.Api.Schema;

namespace Kube.Client.Tests.Fakes;

/// <summary>Discovery of the kinds of libs/api that can be listed.</summary>
internal static class FakeDiscovery
{
    private static readonly KindInfo[] _kinds = [.. KindCatalog.Default.Kinds.Where(static kind => kind.Verbs.Contains("list") && kind.Version == "v1")];

    /// <summary>Null when the path is no discovery path.</summary>
    public static JsonObject? Answer(string path)
    {
        var parts = path.Trim('/').Split('/');
        return parts switch
        {
            ["apis"] => Groups(),
            ["api", "v1"] => Resources("", "v1"),
            ["apis", var group, var version] => Resources(group, version),
            _ => null,
        };
    }

    private static JsonObject Groups() => new()
    {
        ["kind"] = "APIGroupList",
        ["groups"] = new JsonArray([.. _kinds.Select(static kind => kind.Group).Where(static group => group.Length > 0).Distinct().Select(static group => (JsonNode)new JsonObject
        {
            ["name"] = group,
            ["preferredVersion"] = new JsonObject { ["groupVersion"] = group + "/v1", ["version"] = "v1" },
        })]),
    };

    private static JsonObject Resources(string group, string version) => new()
    {
        ["kind"] = "APIResourceList",
        ["groupVersion"] = group.Length == 0 ? version : group + "/" + version,
        ["resources"] = new JsonArray([.. _kinds.Where(kind => kind.Group == group).Select(static kind => (JsonNode)new JsonObject
        {
            ["name"] = kind.Plural,
            ["kind"] = kind.Kind,
            ["namespaced"] = kind.Namespaced,
            ["verbs"] = new JsonArray([.. kind.Verbs.Select(static verb => (JsonNode)JsonValue.Create(verb))]),
        })]),
    };
}
