using System.Text.Json.Nodes;
using Kube.Api.Serialization;

namespace Kube.Api.Defaulting;

/// <summary>Defaults of pods and of what stands in their specs.</summary>
internal static class PodDefaults
{
    /// <summary>What holds for a pod alone and not for templates of pods.</summary>
    internal static void Pod(JsonObject pod)
    {
        if (pod.Map("spec") is not { } spec)
        {
            return;
        }

        foreach (var container in spec.Items("containers").Concat(spec.Items("initContainers")))
        {
            RequestsFromLimits(container);
            if (spec.Flag("hostNetwork") == true)
            {
                HostPorts(container);
            }
        }

        if (!spec.Has("enableServiceLinks"))
        {
            spec["enableServiceLinks"] = true;
        }
    }

    private static void RequestsFromLimits(JsonObject container)
    {
        if (container.Map("resources") is not { } resources || resources.Map("limits") is not { } limits)
        {
            return;
        }

        if (resources.Map("requests") is not { } requests)
        {
            resources["requests"] = requests = [];
        }

        foreach (var (name, amount) in limits)
        {
            if (!requests.Has(name))
            {
                requests[name] = amount?.DeepClone();
            }
        }
    }

    private static void HostPorts(JsonObject container)
    {
        foreach (var port in container.Items("ports"))
        {
            if (port.Whole("hostPort") is null or 0 && port["containerPort"] is { } containerPort)
            {
                port["hostPort"] = containerPort.DeepClone();
            }
        }
    }

    internal static void Container(JsonObject container)
    {
        if (string.IsNullOrEmpty(container.Text("imagePullPolicy")))
        {
            container["imagePullPolicy"] = HasLatestTag(container.Text("image") ?? "") ? "Always" : "IfNotPresent";
        }
    }

    /// <summary>True for an image reference tagged latest, or with neither tag nor digest.</summary>
    internal static bool HasLatestTag(string image)
    {
        if (image.Length == 0)
        {
            return false;
        }

        var slash = image.LastIndexOf('/');
        var at = image.IndexOf('@', StringComparison.Ordinal);
        var name = at < 0 ? image : image[..at];
        var colon = name.LastIndexOf(':');
        var tag = colon > slash ? name[(colon + 1)..] : "";
        return tag == "latest" || (tag.Length == 0 && at < 0);
    }

    /// <summary>A volume of no kind is an empty directory.</summary>
    internal static void Volume(JsonObject volume)
    {
        if (!volume.Any(p => p.Key != "name" && p.Value is not null))
        {
            volume["emptyDir"] = new JsonObject();
        }

        if (volume.Map("image") is { } image && string.IsNullOrEmpty(image.Text("pullPolicy")))
        {
            image["pullPolicy"] = HasLatestTag(image.Text("reference") ?? "") ? "Always" : "IfNotPresent";
        }
    }
}
