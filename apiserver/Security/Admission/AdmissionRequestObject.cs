using System.Text.Json.Nodes;
using Kube.ApiServer.Admission;
using Kube.ApiServer.Auth;

namespace Kube.ApiServer.Security.Admission;

/// <summary>A request as admission.k8s.io's AdmissionRequest has it, without the objects: what expressions see. Pure.</summary>
internal static class AdmissionRequestObject
{
    public static JsonObject Of(AdmissionRequest request)
    {
        var obj = new JsonObject
        {
            ["kind"] = KindOf(request),
            ["resource"] = ResourceOf(request),
            ["requestKind"] = KindOf(request.AsItCame ?? request),
            ["requestResource"] = ResourceOf(request.AsItCame ?? request),
            ["operation"] = RuleMatching.OperationOf(request.Operation),
            ["userInfo"] = User(request.User),
            ["dryRun"] = request.DryRun,
            ["options"] = request.Options?.DeepClone(),
        };

        // What is empty is absent, as Go leaves it out.
        Set(obj, "name", request.Name);
        Set(obj, "namespace", request.Namespace);
        Set(obj, "subResource", request.Subresource);
        Set(obj, "requestSubResource", request.Subresource);
        return obj;
    }

    private static JsonObject KindOf(AdmissionRequest request) =>
        new() { ["group"] = request.Kind.Group, ["version"] = request.Kind.Version, ["kind"] = request.Kind.Kind };

    private static JsonObject ResourceOf(AdmissionRequest request) =>
        new() { ["group"] = request.Group, ["version"] = request.Version, ["resource"] = request.Resource };

    private static JsonObject User(UserInfo user)
    {
        var info = new JsonObject();
        Set(info, "username", user.Name);
        Set(info, "uid", user.Uid);
        if (user.Groups.Count > 0)
        {
            info["groups"] = new JsonArray([.. user.Groups.Select(group => (JsonNode)group)]);
        }

        if (user.Extra.Count > 0)
        {
            info["extra"] = new JsonObject(user.Extra.Select(extra =>
                KeyValuePair.Create<string, JsonNode?>(extra.Key, new JsonArray([.. extra.Value.Select(value => (JsonNode)value)]))));
        }

        return info;
    }

    private static void Set(JsonObject obj, string name, string value)
    {
        if (value.Length > 0)
        {
            obj[name] = value;
        }
    }
}
