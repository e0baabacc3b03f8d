using System.Text.Json.Nodes;
using Kube.Api.Patch;
using Kube.Api.Quotas;
using Kube.Api.Serialization;
using Kube.Api.Values;

namespace Kube.Api.Validation;

/// <summary>What may change through a pod's subresources ephemeralcontainers and resize.</summary>
internal static class PodSubresourceRules
{
    private const string MirrorAnnotation = "kubernetes.io/config.mirror";

    /// <summary>Ephemeral containers come; they neither change nor go.</summary>
    internal static void CheckEphemeralContainers(ErrorList errors, JsonObject pod, JsonObject old)
    {
        if (IsMirror(old))
        {
            errors.Add(FieldError.Forbidden("", "static pods do not support ephemeral containers"));
            return;
        }

        PodRules.CheckPod(errors, pod);
        PodUpdateRules.CheckAnnotations(errors, pod, old);
        foreach (var was in old.Map("spec").Items("ephemeralContainers"))
        {
            var name = was.Text("name");
            var now = pod.Map("spec").Items("ephemeralContainers").FirstOrDefault(c => c.Text("name") == name);
            if (now is null)
            {
                errors.Add(FieldError.Forbidden("spec.ephemeralContainers", $"existing ephemeral containers \"{name}\" may not be removed\n"));
            }
            else if (!JsonNode.DeepEquals(now, was))
            {
                errors.Add(FieldError.Forbidden(
                    "spec.ephemeralContainers", $"existing ephemeral containers \"{name}\" may not be changed\n{MergePatch.Diff(was, now).ToJsonString()}"));
            }
        }
    }

    /// <summary>CPU and memory change; a limit or request that was set stays set, and the class of the pod stays what it was.</summary>
    internal static void CheckResize(ErrorList errors, JsonObject pod, JsonObject old)
    {
        if (IsMirror(old))
        {
            errors.Add(FieldError.Forbidden("", "static pods cannot be resized"));
            return;
        }

        if (old.Map("spec").Map("os").Text("name") == "windows")
        {
            errors.Add(FieldError.Forbidden("", "windows pods cannot be resized"));
            return;
        }

        PodRules.CheckPod(errors, pod);
        var of = QualityOfService.ClassOf(pod);
        if (of != QualityOfService.ClassOf(old))
        {
            errors.Add(FieldError.Invalid("spec", of, "Pod QOS Class may not change as a result of resizing"));
        }

        foreach (var member in (string[])["initContainers", "containers"])
        {
            foreach (var ((container, path), was) in pod.Map("spec").Placed(member, "spec").Zip(old.Map("spec").Items(member)))
            {
                if (member == "initContainers" && container.Text("restartPolicy") != "Always")
                {
                    if (!JsonNode.DeepEquals(container, was))
                    {
                        errors.Add(FieldError.Forbidden("spec", "resources for non-sidecar init containers are immutable"));
                    }

                    continue;
                }

                CheckResize(errors, container, was, path + ".resources",
                    member == "containers" ? "only cpu and memory resources are mutable" : "only cpu and memory resources for sidecar containers are mutable");
            }
        }
    }

    private static void CheckResize(ErrorList errors, JsonObject container, JsonObject was, string path, string refusal)
    {
        var (resources, before) = (container.Map("resources"), was.Map("resources"));
        foreach (var list in (string[])["requests", "limits"])
        {
            var (now, then) = (resources.Map(list) ?? [], before.Map(list) ?? []);
            if (then.Any(r => !now.ContainsKey(r.Key)))
            {
                errors.Add(FieldError.Forbidden($"{path}.{list}", $"resource {list} cannot be removed"));
            }

            if (now.Select(static r => r.Key).Union(then.Select(static r => r.Key)).Any(n => n is not ("cpu" or "memory") && !JsonNode.DeepEquals(now[n], then[n])))
            {
                errors.Add(FieldError.Forbidden("spec", refusal));
            }
        }

        // Memory that is in use cannot be taken away without a restart, and to bound it is to take it away.
        var policy = container.Items("resizePolicy").FirstOrDefault(static p => p.Text("resourceName") == "memory").Text("restartPolicy");
        if (policy is null or "" or "NotRequired" && ResourceAmounts.Read(resources.Map("limits")).TryGetValue("memory", out var limit))
        {
            var had = ResourceAmounts.Read(before.Map("limits")).TryGetValue("memory", out var former);
            if (!had || limit < former)
            {
                errors.Add(FieldError.Forbidden(
                    path + ".limits[memory]", $"memory limits cannot be {(had ? "decreased" : "added")} unless resizePolicy is RestartContainer"));
            }
        }
    }

    private static bool IsMirror(JsonObject pod) => pod.Map("metadata").Map("annotations").Has(MirrorAnnotation);
}
