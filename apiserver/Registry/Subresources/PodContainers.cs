using System.Text.Json.Nodes;

namespace Kube.ApiServer.Registry.Subresources;

/// <summary>Which container of a pod a request means.</summary>
internal static class PodContainers
{
    private const string DefaultContainerAnnotation = "kubectl.kubernetes.io/default-container";

    /// <summary>The one asked for, else the pod's only one, else the one that its annotation names.</summary>
    /// <exception cref="Kube.Api.Errors.KubeStatusException">400: there is no such container, or it isn't clear which.</exception>
    public static string Choose(JsonObject pod, string name, string asked)
    {
        var spec = pod["spec"] as JsonObject;
        var containers = Names(spec, "containers");
        var all = containers.Concat(Names(spec, "initContainers")).Concat(Names(spec, "ephemeralContainers")).ToList();
        if (asked.Length > 0)
        {
            return all.Contains(asked) ? asked : throw ApiErrors.BadRequest($"container {asked} is not valid for pod {name}");
        }

        if (containers.Count == 1)
        {
            return containers[0];
        }

        var preferred = ObjectAccessor.Text((pod["metadata"] as JsonObject)?["annotations"] as JsonObject, DefaultContainerAnnotation);
        return preferred.Length > 0 && all.Contains(preferred)
            ? preferred
            : throw ApiErrors.BadRequest($"a container name must be specified for pod {name}, choose one of: [{string.Join(' ', containers)}]");
    }

    private static List<string> Names(JsonObject? spec, string list) =>
        [.. (spec?[list] as JsonArray)?.OfType<JsonObject>().Select(c => ObjectAccessor.Text(c, "name")) ?? []];
}
