using System.Text.Json.Nodes;
using Kube.Api.Patch;
using Kube.Api.Serialization;

namespace Kube.Api.Validation;

/// <summary>
/// What an update of a pod may change: images, metadata, tolerations (added), the time limits, scheduling gates
/// (removed), and the placement of a pod that is still gated (narrowed).
/// </summary>
internal static class PodUpdateRules
{
    private const string MirrorAnnotation = "kubernetes.io/config.mirror";
    private const string Required = "requiredDuringSchedulingIgnoredDuringExecution";

    private const string Detail =
        "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

    internal static void Check(ErrorList errors, JsonObject pod, JsonObject old)
    {
        CheckAnnotations(errors, pod, old);
        var (spec, before) = (pod.Map("spec") ?? [], old.Map("spec") ?? []);
        foreach (var member in (string[])["containers", "initContainers"])
        {
            if (spec.Items(member).Count() != before.Items(member).Count())
            {
                errors.Add(FieldError.Forbidden("spec." + member, "pod updates may not add or remove containers"));
                return;
            }
        }

        if (!CheckDeadline(errors, spec, before))
        {
            return;
        }

        CheckTolerations(errors, spec, before);
        CheckGates(errors, spec, before);
        CheckTheRest(errors, spec, before);
    }

    /// <summary>A pod cannot become or cease to be a mirror, nor change the profile its containers were started with.</summary>
    internal static void CheckAnnotations(ErrorList errors, JsonObject pod, JsonObject old)
    {
        var (now, before) = (pod.Map("metadata").Map("annotations"), old.Map("metadata").Map("annotations"));
        foreach (var key in (before ?? []).Select(static a => a.Key).Concat((now ?? []).Select(static a => a.Key)).Distinct(StringComparer.Ordinal))
        {
            var what = key == MirrorAnnotation ? "mirror pod annotation"
                : key.StartsWith(PodRules.AppArmorPrefix, StringComparison.Ordinal) ? "AppArmor annotations" : null;
            if (what is not null && now.Text(key) != before.Text(key))
            {
                errors.Add(FieldError.Forbidden($"metadata.annotations[{key}]", before.Has(key) ? $"may not remove or update {what}" : $"may not add {what}"));
            }
        }
    }

    /// <summary>False when there is no more to say.</summary>
    private static bool CheckDeadline(ErrorList errors, JsonObject spec, JsonObject before)
    {
        const string path = "spec.activeDeadlineSeconds";
        var (now, then) = (spec.Whole("activeDeadlineSeconds"), before.Whole("activeDeadlineSeconds"));
        if (now is not { } n)
        {
            if (then is not null)
            {
                errors.Add(FieldError.Invalid(path, null, "must not update from a positive integer to nil value"));
            }

            return true;
        }

        if (n is < 0 or > int.MaxValue)
        {
            errors.AddInvalid(path, n, NameRules.InRange(n, 0, int.MaxValue));
            return false;
        }

        if (then is { } t && t < n)
        {
            errors.Add(FieldError.Invalid(path, n, "must be less than or equal to previous value"));
            return false;
        }

        return true;
    }

    private static void CheckTolerations(ErrorList errors, JsonObject spec, JsonObject before)
    {
        // The time a toleration lasts may change; the toleration may not go.
        var now = spec.Items("tolerations").Select(WithoutSeconds).ToList();
        if (before.Items("tolerations").Any(t => !now.Exists(n => JsonNode.DeepEquals(n, WithoutSeconds(t)))))
        {
            errors.Add(FieldError.Forbidden("spec.tolerations", "existing toleration can not be modified except its tolerationSeconds"));
        }

        static JsonObject WithoutSeconds(JsonObject toleration)
        {
            var copy = (JsonObject)toleration.DeepClone();
            copy.Remove("tolerationSeconds");
            return copy;
        }
    }

    private static void CheckGates(ErrorList errors, JsonObject spec, JsonObject before)
    {
        var had = before.Items("schedulingGates").Select(static g => g.Text("name")).ToHashSet();
        foreach (var (gate, path) in spec.Placed("schedulingGates", "spec").Where(g => !had.Contains(g.Item.Text("name"))))
        {
            errors.Add(FieldError.Forbidden(path + ".name", $"only deletion is allowed, but found new scheduling gate '{gate.Text("name")}'"));
        }
    }

    private static void CheckTheRest(ErrorList errors, JsonObject spec, JsonObject before)
    {
        if (JsonNode.DeepEquals(spec, before))
        {
            return;
        }

        var (now, then) = ((JsonObject)spec.DeepClone(), (JsonObject)before.DeepClone());
        foreach (var member in (string[])["containers", "initContainers"])
        {
            foreach (var (container, was) in now.Items(member).Zip(then.Items(member)))
            {
                container["image"] = was["image"]?.DeepClone();
            }
        }

        foreach (var field in (string[])["activeDeadlineSeconds", "tolerations", "schedulingGates"])
        {
            now.Remove(field);
            then.Remove(field);
        }

        if (before.Whole("terminationGracePeriodSeconds") is < 0 && spec.Whole("terminationGracePeriodSeconds") == 1)
        {
            now["terminationGracePeriodSeconds"] = then["terminationGracePeriodSeconds"]!.DeepClone();
        }

        if (before.Items("schedulingGates").Any())
        {
            NarrowPlacement(errors, now, then);
        }

        if (!JsonNode.DeepEquals(now, then))
        {
            errors.Add(FieldError.Forbidden("spec", Detail + "\n" + MergePatch.Diff(then, now).ToJsonString()));
        }
    }

    /// <summary>Checks what a gated pod's placement becomes, and takes it out of the comparison.</summary>
    private static void NarrowPlacement(ErrorList errors, JsonObject now, JsonObject then)
    {
        var selector = now.Map("nodeSelector");
        if ((then.Map("nodeSelector") ?? []).Any(l => selector.Text(l.Key) != (string?)l.Value))
        {
            errors.Add(FieldError.Invalid("spec.nodeSelector", GoPrint.Map(selector), "only additions to spec.nodeSelector are allowed (no mutations or deletions)"));
        }

        CheckNodeAffinity(errors, now.Map("affinity").Map("nodeAffinity"), then.Map("affinity").Map("nodeAffinity"));
        foreach (var spec in (JsonObject[])[now, then])
        {
            spec.Remove("nodeSelector");
            if (spec.Map("affinity") is not { } affinity)
            {
                continue;
            }

            affinity.Remove("nodeAffinity");
            if (!affinity.Any(static a => a.Value is not null))
            {
                spec.Remove("affinity");
            }
        }
    }

    private static void CheckNodeAffinity(ErrorList errors, JsonObject? now, JsonObject? then)
    {
        const string path = "spec.affinity.nodeAffinity." + Required + ".nodeSelectorTerms";
        var had = then.Map(Required).Items("nodeSelectorTerms").ToList();
        var has = now.Map(Required).Items("nodeSelectorTerms").ToList();
        if (had.Count == 0)
        {
            return;
        }

        if (had.Count != has.Count)
        {
            errors.Add(FieldError.Invalid(path, now.Map(Required).List("nodeSelectorTerms"), "no additions/deletions to non-empty NodeSelectorTerms list are allowed"));
            return;
        }

        for (var i = 0; i < had.Count; i++)
        {
            if (!OnlyAdds(has[i], had[i]))
            {
                errors.Add(FieldError.Invalid($"{path}[{i}]", has[i], "only additions are allowed (no mutations or deletions)"));
            }
        }
    }

    private static bool OnlyAdds(JsonObject now, JsonObject then)
    {
        string[] members = ["matchExpressions", "matchFields"];

        // A term without requirements holds of no node; with some it would hold of more.
        if (!members.Any(m => then.Items(m).Any()) && members.Any(m => now.Items(m).Any()))
        {
            return false;
        }

        return members.All(m => then.Items(m).Count() <= now.Items(m).Count() && then.Items(m).Zip(now.Items(m)).All(static p => JsonNode.DeepEquals(p.First, p.Second)));
    }
}
