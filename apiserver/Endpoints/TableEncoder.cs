using System.Text.Json.Nodes;
using Kube.Api.Printing;
using Kube.ApiServer.Registry;

namespace Kube.ApiServer.Endpoints;

/// <summary>Objects as a meta.k8s.io/v1 Table: what kubectl get prints.</summary>
internal static class TableEncoder
{
    /// <param name="metadata">List metadata of the table.</param>
    public static JsonObject Encode(ResourceDefinition resource, IReadOnlyList<JsonObject> objects, JsonObject metadata, ApiRequest request, DateTimeOffset now)
    {
        var include = request.Query("includeObject") ?? "Metadata";
        var rows = new JsonArray();
        foreach (var obj in objects)
        {
            var row = TablePrinter.Row(resource.Info.Group, resource.Info.Kind, obj, now);
            var json = new JsonObject { ["cells"] = new JsonArray([.. row.Cells!.Select(c => c?.DeepClone())]) };
            if (row.Conditions is { Count: > 0 } conditions)
            {
                json["conditions"] = new JsonArray([.. conditions.Select(c => (JsonNode)new JsonObject
                {
                    ["type"] = c.Type,
                    ["status"] = c.Status,
                    ["reason"] = c.Reason,
                    ["message"] = c.Message,
                })]);
            }

            json["object"] = include switch
            {
                "None" => null,
                "Object" => obj,
                _ => PartialMetadata.Of(obj, "meta.k8s.io/v1"),
            };
            rows.Add(json);
        }

        var columns = TablePrinter.Columns(resource.Info.Group, resource.Info.Kind).Select(c => (JsonNode)new JsonObject
        {
            ["name"] = c.Name,
            ["type"] = c.Type,
            ["format"] = c.Format ?? "",
            ["description"] = c.Description ?? "",
            ["priority"] = c.Priority,
        });
        return new JsonObject
        {
            ["kind"] = "Table",
            ["apiVersion"] = "meta.k8s.io/v1",
            ["metadata"] = metadata,
            ["columnDefinitions"] = new JsonArray([.. columns]),
            ["rows"] = rows,
        };
    }
}
