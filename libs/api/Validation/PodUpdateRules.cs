using System.Text.Json.Nodes;
using Kube.Api.Patch;
using Kube.Api.Serialization;

namespace Kube.Api.Validation;

/// <summary>What an update of a pod may change: images, metadata, tolerations (added), and the time limits.</summary>
internal static class PodUpdateRules
{
    private const string Detail =
        "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

    internal static void Check(ErrorList errors, JsonObject pod, JsonObject old)
    {
        var (spec, before) = (pod.Map("spec") ?? [], old.Map("spec") ?? []);
        if (spec.Items("containers").Count() != before.Items("containers").Count())
        {
            errors.Add(FieldError.Forbidden("spec.containers", "pod updates may not add or remove containers"));
            return;
        }

        if (spec.Items("initContainers").Count() != before.Items("initContainers").Count())
        {
            errors.Add(FieldError.Forbidden("spec.initContainers", "pod updates may not add or remove containers"));
            return;
        }

        CheckDeadline(errors, spec, before);
        CheckTolerations(errors, spec, before);
        CheckTheRest(errors, spec, before);
    }

    private static void CheckDeadline(ErrorList errors, JsonObject spec, JsonObject before)
    {
        var (now, then) = (spec.Whole("activeDeadlineSeconds"), before.Whole("activeDeadlineSeconds"));
        if (now is { } n)
        {
            if (n is < 0 or > int.MaxValue)
            {
                errors.AddInvalid("spec.activeDeadlineSeconds", n, NameRules.InRange(n, 0, int.MaxValue));
            }
            else if (then is { } t && t < n)
            {
                errors.Add(FieldError.Invalid("spec.activeDeadlineSeconds", n, "must be less than or equal to previous value"));
            }
        }
        else if (then is not null)
        {
            errors.Add(FieldError.Invalid("spec.activeDeadlineSeconds", null, "must not update from a positive integer to nil value"));
        }
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
            if (copy.Text("effect") == "NoExecute")
            {
                copy.Remove("tolerationSeconds");
            }

            return copy;
        }
    }

    private static void CheckTheRest(ErrorList errors, JsonObject spec, JsonObject before)
    {
        var (now, then) = ((JsonObject)spec.DeepClone(), (JsonObject)before.DeepClone());
        foreach (var member in (string[])["containers", "initContainers"])
        {
            foreach (var (container, was) in now.Items(member).Zip(then.Items(member)))
            {
                container["image"] = was["image"]?.DeepClone();
            }
        }

        foreach (var field in (string[])["activeDeadlineSeconds", "tolerations"])
        {
            now.Remove(field);
            then.Remove(field);
        }

        if (before.Whole("terminationGracePeriodSeconds") is < 0 && spec.Whole("terminationGracePeriodSeconds") == 1)
        {
            now["terminationGracePeriodSeconds"] = then["terminationGracePeriodSeconds"]!.DeepClone();
        }

        KeepGates(errors, now, then);
        if (!JsonNode.DeepEquals(now, then))
        {
            errors.Add(FieldError.Forbidden("spec", Detail + "\n" + MergePatch.Diff(then, now).ToJsonString()));
        }
    }

    /// <summary>Scheduling gates may go one by one, and with them the placement may still be narrowed; none may come.</summary>
    private static void KeepGates(ErrorList errors, JsonObject now, JsonObject then)
    {
        var names = then.Items("schedulingGates").Select(g => g.Text("name")).ToHashSet();
        var added = now.Items("schedulingGates").Select(g => g.Text("name")).FirstOrDefault(n => !names.Contains(n));
        if (added is not null)
        {
            errors.Add(FieldError.Forbidden("spec.schedulingGates", $"only deletion is allowed, but found new scheduling gate '{added}'"));
        }

        if (names.Count > 0)
        {
            then["nodeSelector"] = now["nodeSelector"]?.DeepClone();
            if (now["nodeSelector"] is null)
            {
                then.Remove("nodeSelector");
            }
        }

        now.Remove("schedulingGates");
        then.Remove("schedulingGates");
    }
}
