using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kube.Api.Selectors;
using Kube.Api.Serialization;

namespace Kube.Api.Validation;

/// <summary>Rules of what makes pods from templates.</summary>
internal static class WorkloadRules
{
    internal static void CheckDeployment(ErrorList errors, JsonObject deployment)
    {
        var spec = deployment.Map("spec");
        CheckCommon(errors, spec, "deployment", "spec.replicas", "spec.minReadySeconds", "spec.revisionHistoryLimit");
        var strategy = spec.Map("strategy");
        if (strategy.Text("type") == "Recreate" && strategy.Has("rollingUpdate"))
        {
            errors.Add(FieldError.Forbidden("spec.strategy.rollingUpdate", "may not be specified when strategy `type` is 'Recreate'"));
        }
        else if (strategy.Map("rollingUpdate") is { } rolling)
        {
            CheckRollingUpdate(errors, rolling, "spec.strategy.rollingUpdate");
        }

        if (spec.Whole("progressDeadlineSeconds") is { } deadline)
        {
            errors.NonNegative("spec.progressDeadlineSeconds", deadline);
            if (deadline <= (spec.Whole("minReadySeconds") ?? 0))
            {
                errors.Add(FieldError.Invalid("spec.progressDeadlineSeconds", deadline, "must be greater than minReadySeconds"));
            }
        }
    }

    internal static void CheckReplicaSet(ErrorList errors, JsonObject set) =>
        CheckCommon(errors, set.Map("spec"), "replicaset", "spec.replicas", "spec.minReadySeconds");

    internal static void CheckDaemonSet(ErrorList errors, JsonObject set)
    {
        var spec = set.Map("spec");
        CheckCommon(errors, spec, "daemonset", "spec.minReadySeconds", "spec.revisionHistoryLimit");
        if (spec.Map("updateStrategy").Map("rollingUpdate") is { } rolling)
        {
            CheckRollingUpdate(errors, rolling, "spec.updateStrategy.rollingUpdate");
        }
    }

    internal static void CheckStatefulSet(ErrorList errors, JsonObject set) =>
        CheckCommon(errors, set.Map("spec"), "statefulset", "spec.replicas", "spec.minReadySeconds", "spec.revisionHistoryLimit");

    internal static void CheckStatefulSetUpdate(ErrorList errors, JsonObject set, JsonObject old)
    {
        string[] mutable = ["replicas", "ordinals", "template", "updateStrategy", "revisionHistoryLimit", "persistentVolumeClaimRetentionPolicy", "minReadySeconds"];
        var (now, before) = ((JsonObject?)set.Map("spec")?.DeepClone() ?? [], (JsonObject?)old.Map("spec")?.DeepClone() ?? []);
        foreach (var field in mutable)
        {
            now.Remove(field);
            before.Remove(field);
        }

        if (!JsonNode.DeepEquals(now, before))
        {
            errors.Add(FieldError.Forbidden("spec",
                "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"));
        }
    }

    internal static void CheckJob(ErrorList errors, JsonObject job)
    {
        var spec = job.Map("spec");
        foreach (var field in (string[])["parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished"])
        {
            errors.NonNegative("spec." + field, spec.Whole(field));
        }

        // The selector and the labels are made by the strategy.
        PodRules.CheckTemplate(errors, spec.Map("template"), "spec.template");
        if (spec.Map("template").Map("spec").Text("restartPolicy") is { } policy && policy is not ("OnFailure" or "Never"))
        {
            errors.Add(FieldError.NotSupported("spec.template.spec.restartPolicy", policy, ["OnFailure", "Never"]));
        }
    }

    internal static void CheckSelectorUpdate(ErrorList errors, JsonObject obj, JsonObject old)
    {
        if (old.Map("spec").Has("selector") && !JsonNode.DeepEquals(obj.Map("spec")?["selector"], old.Map("spec")?["selector"]))
        {
            errors.Add(FieldError.Invalid("spec.selector", GoPrint.LabelSelector(obj.Map("spec").Map("selector")), "field is immutable"));
        }
    }

    private static void CheckCommon(ErrorList errors, JsonObject? spec, string kind, params ReadOnlySpan<string> nonNegative)
    {
        foreach (var path in nonNegative)
        {
            errors.NonNegative(path, spec.Whole(path[5..]));
        }

        var labels = spec.Map("template").Map("metadata").Map("labels");
        if (spec.Map("selector") is not { } selector)
        {
            errors.Add(FieldError.Required("spec.selector"));
        }
        else
        {
            CheckLabelSelector(errors, selector, "spec.selector");
            CheckSelects(errors, selector, labels, kind);
        }

        PodRules.CheckTemplate(errors, spec.Map("template"), "spec.template");
        var podSpec = spec.Map("template").Map("spec");
        if (podSpec.Text("restartPolicy") is { } policy && policy != "Always")
        {
            errors.Add(FieldError.NotSupported("spec.template.spec.restartPolicy", policy, ["Always"]));
        }

        if (podSpec.Has("activeDeadlineSeconds"))
        {
            errors.Add(FieldError.Forbidden("spec.template.spec.activeDeadlineSeconds", "activeDeadlineSeconds in ReplicaSet is not Supported"));
        }
    }

    private static void CheckSelects(ErrorList errors, JsonObject selector, JsonObject? labels, string kind)
    {
        LabelSelector parsed;
        try
        {
            parsed = LabelSelector.FromObject(selector);
        }
        catch (SelectorException)
        {
            // What is wrong is already in the list, field by field.
            return;
        }

        if (parsed.IsEverything)
        {
            errors.Add(FieldError.Invalid("spec.selector", GoPrint.LabelSelector(selector), $"empty selector is invalid for {kind}"));
        }
        else if (!parsed.Matches(labels))
        {
            errors.Add(FieldError.Invalid("spec.template.metadata.labels", GoPrint.Map(labels), "`selector` does not match template `labels`"));
        }
    }

    internal static void CheckLabelSelector(ErrorList errors, JsonObject? selector, string path)
    {
        MetadataRules.CheckLabels(errors, selector.Map("matchLabels"), path + ".matchLabels");
        var i = 0;
        foreach (var requirement in selector.Items("matchExpressions"))
        {
            var at = $"{path}.matchExpressions[{i++}]";
            var values = requirement.Texts("values").ToList();
            switch (requirement.Text("operator"))
            {
                case "In" or "NotIn" when values.Count == 0:
                    errors.Add(FieldError.Required(at + ".values", "must be specified when `operator` is 'In' or 'NotIn'"));
                    break;
                case "Exists" or "DoesNotExist" when values.Count > 0:
                    errors.Add(FieldError.Forbidden(at + ".values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
                    break;
                case not ("In" or "NotIn" or "Exists" or "DoesNotExist"):
                    errors.Add(FieldError.Invalid(at + ".operator", requirement.Text("operator") ?? "", "not a valid selector operator"));
                    break;
            }

            errors.AddInvalid(at + ".key", requirement.Text("key") ?? "", NameRules.QualifiedName(requirement.Text("key") ?? ""));
            for (var v = 0; v < values.Count; v++)
            {
                errors.AddInvalid($"{at}.values[{v}]", values[v], NameRules.LabelValue(values[v]));
            }
        }
    }

    private static void CheckRollingUpdate(ErrorList errors, JsonObject rolling, string path)
    {
        var unavailable = CheckAmount(errors, rolling["maxUnavailable"], path + ".maxUnavailable", atMostAll: true);
        var surge = CheckAmount(errors, rolling["maxSurge"], path + ".maxSurge", atMostAll: false);
        if (unavailable == 0 && surge == 0)
        {
            errors.Add(FieldError.Invalid(path + ".maxUnavailable", rolling["maxUnavailable"], "may not be 0 when `maxSurge` is 0"));
        }
    }

    /// <summary>Checks a number or percentage; returns it, null when malformed.</summary>
    private static long? CheckAmount(ErrorList errors, JsonNode? node, string path, bool atMostAll)
    {
        if (node is null)
        {
            return 0;
        }

        if (node.GetValueKind() == JsonValueKind.Number)
        {
            errors.NonNegative(path, JsonAccess.Whole(node));
            return JsonAccess.Whole(node);
        }

        var text = node.GetValue<string>();
        if (NameRules.Percent(text) is { Count: > 0 } faults)
        {
            errors.AddInvalid(path, text, faults);
            return null;
        }

        var percent = long.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : long.MaxValue;
        if (atMostAll && percent > 100)
        {
            errors.Add(FieldError.Invalid(path, text, "must not be greater than 100%"));
        }

        return percent;
    }
}
