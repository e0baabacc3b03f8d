using System.Text.Json.Nodes;
using Kube.Api.Errors;

namespace Kube.ApiServer.Admission;

/// <summary>Refusals of admission plugins in Kubernetes' words.</summary>
public static class AdmissionRefusals
{
    /// <summary>403: RESOURCE "NAME" is forbidden: WHY. A name that is not made yet shows as what it will begin with.</summary>
    public static KubeStatusException Forbid(this AdmissionRequest request, string why) =>
        new(KubeStatus.Forbidden(request.Group, request.Resource, NameOf(request), why));

    /// <summary>The object's name as refusals show it.</summary>
    public static string NameOf(AdmissionRequest request) =>
        Text(request.Object, "name") is { Length: > 0 } own ? own
        : request.Name.Length > 0 ? request.Name
        : Text(request.Object, "generateName") is { Length: > 0 } prefix ? prefix
        : "Unknown";

    private static string? Text(JsonObject? obj, string name) =>
        (obj?["metadata"] as JsonObject)?[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
