using System.Text.Json.Nodes;
using Kube.Api.Patch;
using Kube.Api.Quotas;
using Kube.Api.Serialization;

namespace Kube.Api.Validation;

/// <summary>What may change through a pod's subresources ephemeralcontainers and resize.</summary>
internal static class PodSubresourceRules
{
    private const string MirrorAnnotation = "kubernetes.io/config.mirror";

    /// <summary>What makes no sense for a container that nobody waits for and that has no share of its own.</summary>
    private static readonly string[] NotForEphemeral =
        ["lifecycle", "livenessProbe", "ports", "readinessProbe", "resizePolicy", "startupProbe"];

    /// <summary>Ephemeral containers come; they neither change nor go.</summary>
    internal static void CheckEphemeralContainers(ErrorList errors, JsonObject pod, JsonObject old)
    {
        if (IsMirror(old))
        {
            errors.Add(FieldError.Forbidden("", "static pods do not support ephemeral containers"));
            return;
        }

        PodRules.CheckPod(errors, pod);
        var (spec, before) = (pod.Map("spec"), old.Map("spec"));
        var targets = spec.Items("containers").Concat(spec.Items("initContainers")).Select(static c => c.Text("name")).ToHashSet();
        var i = 0;
        foreach (var container in spec.Items("ephemeralContainers"))
        {
            CheckEphemeralContainer(errors, container, targets, $"spec.ephemeralContainers[{i++}]");
        }

        foreach (var was in before.Items("ephemeralContainers"))
        {
            var name = was.Text("name");
            var now = spec.Items("ephemeralContainers").FirstOrDefault(c => c.Text("name") == name);
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

    private static void CheckEphemeralContainer(ErrorList errors, JsonObject container, HashSet<string?> targets, string path)
    {
        const string Refusal = "cannot be set for an Ephemeral Container";
        foreach (var field in NotForEphemeral.Where(container.Has))
        {
            errors.Add(FieldError.Forbidden($"{path}.{field}", Refusal));
        }

        if (container.Map("resources") is { Count: > 0 })
        {
            errors.Add(FieldError.Forbidden(path + ".resources", Refusal));
        }

        if (container.Text("targetContainerName") is { Length: > 0 } target && !targets.Contains(target))
        {
            errors.Add(FieldError.NotFound(path + ".targetContainerName", target));
        }

        var i = 0;
        foreach (var mount in container.Items("volumeMounts"))
        {
            foreach (var field in ((string[])["subPath", "subPathExpr"]).Where(f => mount.Text(f) is { Length: > 0 }))
            {
                errors.Add(FieldError.Forbidden($"{path}.volumeMounts[{i}].{field}", Refusal));
            }

            i++;
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

        PodRules.CheckPod(errors, pod);
        var of = QualityOfService.ClassOf(pod);
        if (of != QualityOfService.ClassOf(old))
        {
            errors.Add(FieldError.Invalid("spec", of, "Pod QOS Class may not change as a result of resizing"));
        }

        var i = 0;
        foreach (var (container, was) in pod.Map("spec").Items("containers").Zip(old.Map("spec").Items("containers")))
        {
            foreach (var list in (string[])["limits", "requests"])
            {
                var (now, then) = (container.Map("resources").Map(list) ?? [], was.Map("resources").Map(list) ?? []);
                var at = $"spec.containers[{i}].resources.{list}";
                if (then.Any(r => r.Key is "cpu" or "memory" && !now.ContainsKey(r.Key)))
                {
                    errors.Add(FieldError.Forbidden(at, $"resource {list} cannot be removed"));
                }

                if (now.Select(static r => r.Key).Union(then.Select(static r => r.Key)).Any(n => n is not ("cpu" or "memory") && !JsonNode.DeepEquals(now[n], then[n])))
                {
                    errors.Add(FieldError.Forbidden("spec", "only cpu and memory resources are mutable"));
                }
            }

            i++;
        }
    }

    private static bool IsMirror(JsonObject pod) => pod.Map("metadata").Map("annotations").Has(MirrorAnnotation);
}
