using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kube.Api.Selectors;
using Kube.Api.Serialization;

namespace Kube.Api.Validation;

/// <summary>Rules of what makes pods from templates and keeps them running (Kubernetes' pkg/apis/apps/validation).</summary>
internal static class WorkloadRules
{
    internal static void CheckDeployment(ErrorList errors, JsonObject deployment)
    {
        var spec = deployment.Map("spec");
        errors.NonNegative("spec.replicas", spec.Whole("replicas"));
        CheckSelectorAndTemplate(errors, spec, "deployment", "ReplicaSet");
        var strategy = spec.Map("strategy");
        if (strategy.Text("type") == "Recreate" && strategy.Has("rollingUpdate"))
        {
            errors.Add(FieldError.Forbidden("spec.strategy.rollingUpdate", "may not be specified when strategy `type` is 'Recreate'"));
        }
        else if (strategy.Map("rollingUpdate") is { } rolling)
        {
            CheckRollingUpdate(errors, rolling, "spec.strategy.rollingUpdate");
        }

        errors.NonNegative("spec.minReadySeconds", spec.Whole("minReadySeconds"));
        errors.NonNegative("spec.revisionHistoryLimit", spec.Whole("revisionHistoryLimit"));
        if (spec.Whole("progressDeadlineSeconds") is { } deadline)
        {
            errors.NonNegative("spec.progressDeadlineSeconds", deadline);
            if (deadline <= (spec.Whole("minReadySeconds") ?? 0))
            {
                errors.Add(FieldError.Invalid("spec.progressDeadlineSeconds", deadline, "must be greater than minReadySeconds"));
            }
        }
    }

    internal static void CheckReplicaSet(ErrorList errors, JsonObject set)
    {
        var spec = set.Map("spec");
        errors.NonNegative("spec.replicas", spec.Whole("replicas"));
        errors.NonNegative("spec.minReadySeconds", spec.Whole("minReadySeconds"));

        // Kubernetes names the deployment here too.
        CheckSelectorAndTemplate(errors, spec, "deployment", "ReplicaSet");
    }

    internal static void CheckReplicationController(ErrorList errors, JsonObject controller)
    {
        var spec = controller.Map("spec");
        errors.NonNegative("spec.minReadySeconds", spec.Whole("minReadySeconds"));
        var selector = spec.Map("selector");
        if (selector is null or { Count: 0 })
        {
            errors.Add(FieldError.Required("spec.selector"));
        }

        errors.NonNegative("spec.replicas", spec.Whole("replicas"));
        var labels = spec.Map("template").Map("metadata").Map("labels");
        if (spec.Map("template") is not null && (selector ?? []).Any(l => labels.Text(l.Key) != (string?)l.Value))
        {
            errors.Add(FieldError.Invalid("spec.template.metadata.labels", GoPrint.Map(labels), "`selector` does not match template `labels`"));
        }

        PodRules.CheckTemplate(errors, spec.Map("template"), "spec.template");
        CheckRunsForever(errors, spec, "ReplicationController");
    }

    internal static void CheckDaemonSet(ErrorList errors, JsonObject set)
    {
        var spec = set.Map("spec");
        var selector = spec.Map("selector");
        CheckLabelSelector(errors, selector, "spec.selector");
        CheckSelects(errors, selector, spec.Map("template").Map("metadata").Map("labels"));
        if (selector is not null && IsEmpty(selector))
        {
            errors.Add(FieldError.Invalid("spec.selector", GoPrint.LabelSelector(selector), "empty selector is invalid for daemonset"));
        }

        PodRules.CheckTemplate(errors, spec.Map("template"), "spec.template");
        CheckRunsForever(errors, spec, "DaemonSet");
        errors.NonNegative("spec.minReadySeconds", spec.Whole("minReadySeconds"));
        var strategy = spec.Map("updateStrategy");
        if (strategy.Text("type") == "RollingUpdate")
        {
            if (strategy.Map("rollingUpdate") is { } rolling)
            {
                CheckDaemonUpdate(errors, rolling, "spec.updateStrategy.rollingUpdate");
            }
            else
            {
                errors.Add(FieldError.Required("spec.updateStrategy.rollingUpdate"));
            }
        }

        errors.NonNegative("spec.revisionHistoryLimit", spec.Whole("revisionHistoryLimit"));
    }

    /// <summary>The template's spec is not looked at: its volumes come from claims that are not in it.</summary>
    internal static void CheckStatefulSet(ErrorList errors, JsonObject set)
    {
        var spec = set.Map("spec");
        if (spec.Text("podManagementPolicy") is not ("OrderedReady" or "Parallel"))
        {
            errors.Add(string.IsNullOrEmpty(spec.Text("podManagementPolicy"))
                ? FieldError.Required("spec.podManagementPolicy")
                : FieldError.Invalid("spec.podManagementPolicy", spec.Text("podManagementPolicy"), "must be 'OrderedReady' or 'Parallel'"));
        }

        CheckStatefulUpdate(errors, spec.Map("updateStrategy"));
        foreach (var field in ((string[])["whenDeleted", "whenScaled"]).Where(_ => spec.Has("persistentVolumeClaimRetentionPolicy")))
        {
            if (spec.Map("persistentVolumeClaimRetentionPolicy").Text(field) is var policy and not ("Retain" or "Delete"))
            {
                errors.Add(FieldError.NotSupported("spec.persistentVolumeClaimRetentionPolicy." + field, policy ?? "", ["Retain", "Delete"]));
            }
        }

        errors.NonNegative("spec.replicas", spec.Whole("replicas"));
        errors.NonNegative("spec.minReadySeconds", spec.Whole("minReadySeconds"));
        errors.NonNegative("spec.ordinals.start", spec.Map("ordinals").Whole("start"));
        if (CheckSelector(errors, spec, "statefulset") is { } selector)
        {
            CheckSelects(errors, selector, spec.Map("template").Map("metadata").Map("labels"));
        }

        PodRules.CheckTemplateMetadata(errors, spec.Map("template") ?? [], "spec.template");
        CheckRunsForever(errors, spec, "StatefulSet");
    }

    /// <summary>The name begins those of pods, which are names of hosts.</summary>
    internal static void CheckStatefulSetName(ErrorList errors, JsonObject set)
    {
        if (set.Map("metadata").Text("name") is { Length: > 0 } name)
        {
            errors.AddInvalid("metadata.name", name, NameRules.DnsLabel(name));
        }
    }

    private static void CheckStatefulUpdate(ErrorList errors, JsonObject? strategy)
    {
        const string path = "spec.updateStrategy";
        var rolling = strategy.Map("rollingUpdate");
        switch (strategy.Text("type"))
        {
            case null or "":
                errors.Add(FieldError.Required(path));
                break;
            case "OnDelete" when rolling is not null:
                errors.Add(FieldError.Invalid(path + ".rollingUpdate", rolling, "only allowed for updateStrategy 'RollingUpdate'"));
                break;
            case "OnDelete":
                break;
            case "RollingUpdate":
                errors.NonNegative(path + ".rollingUpdate.partition", rolling.Whole("partition"));
                if (rolling?["maxUnavailable"] is { } unavailable
                    && CheckAmount(errors, unavailable, path + ".rollingUpdate.maxUnavailable", atMostAll: true) == 0)
                {
                    errors.Add(FieldError.Invalid(path + ".rollingUpdate.maxUnavailable", unavailable, "cannot be 0"));
                }

                break;
            default:
                errors.Judged(path + ".type");
                errors.Add(FieldError.Invalid(path, strategy, "must be 'RollingUpdate' or 'OnDelete'"));
                break;
        }
    }

    internal static void CheckStatefulSetUpdate(ErrorList errors, JsonObject set, JsonObject old)
    {
        string[] mutable = ["replicas", "ordinals", "template", "updateStrategy", "persistentVolumeClaimRetentionPolicy", "minReadySeconds"];
        var (now, before) = ((JsonObject?)set.Map("spec")?.DeepClone() ?? [], (JsonObject?)old.Map("spec")?.DeepClone() ?? []);
        foreach (var field in mutable)
        {
            now.Remove(field);
            before.Remove(field);
        }

        if (!JsonNode.DeepEquals(now, before))
        {
            errors.Add(FieldError.Forbidden("spec",
                "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"));
        }
    }

    internal static void CheckRevision(ErrorList errors, JsonObject revision)
    {
        if (!revision.Has("data"))
        {
            errors.Add(FieldError.Required("data", "data is mandatory"));
        }

        errors.NonNegative("revision", revision.Whole("revision"));
    }

    /// <summary>Counts of a status: none negative, none of a part more than of the whole.</summary>
    internal static Action<ErrorList, JsonObject, JsonObject> StatusOf(string[] counts, string[] parts, string tooManyAvailable = "cannot be greater than readyReplicas") => (errors, obj, old) =>
    {
        var (status, before) = (obj.Map("status"), old.Map("status"));
        foreach (var field in counts)
        {
            errors.NonNegative("status." + field, status.Whole(field));
        }

        foreach (var field in parts)
        {
            if ((status.Whole(field) ?? 0) > (status.Whole("replicas") ?? 0))
            {
                errors.Add(FieldError.Invalid("status." + field, status.Whole(field), "cannot be greater than status.replicas"));
            }
        }

        if (parts.Length > 0 && (status.Whole("availableReplicas") ?? 0) > (status.Whole("readyReplicas") ?? 0))
        {
            errors.Add(FieldError.Invalid("status.availableReplicas", status.Whole("availableReplicas"), tooManyAvailable));
        }

        if (before.Whole("collisionCount") is { } collisions && (status.Whole("collisionCount") ?? 0) < collisions)
        {
            errors.Add(FieldError.Invalid("status.collisionCount", status.Whole("collisionCount") ?? 0, "cannot be decremented"));
        }
    };

    internal static void CheckSelectorUpdate(ErrorList errors, JsonObject obj, JsonObject old)
    {
        if (old.Map("spec").Has("selector") && !JsonNode.DeepEquals(obj.Map("spec")?["selector"], old.Map("spec")?["selector"]))
        {
            errors.Add(FieldError.Invalid("spec.selector", GoPrint.LabelSelector(obj.Map("spec").Map("selector")), "field is immutable"));
        }
    }

    private static void CheckSelectorAndTemplate(ErrorList errors, JsonObject? spec, string emptyIsInvalidFor, string maker)
    {
        if (CheckSelector(errors, spec, emptyIsInvalidFor) is { } selector)
        {
            CheckSelects(errors, selector, spec.Map("template").Map("metadata").Map("labels"));
        }

        PodRules.CheckTemplate(errors, spec.Map("template"), "spec.template");
        CheckRunsForever(errors, spec, maker);
    }

    private static JsonObject? CheckSelector(ErrorList errors, JsonObject? spec, string emptyIsInvalidFor)
    {
        if (spec.Map("selector") is not { } selector)
        {
            errors.Add(FieldError.Required("spec.selector"));
            return null;
        }

        CheckLabelSelector(errors, selector, "spec.selector");
        if (IsEmpty(selector))
        {
            errors.Add(FieldError.Invalid("spec.selector", GoPrint.LabelSelector(selector), $"empty selector is invalid for {emptyIsInvalidFor}"));
        }

        return selector;
    }

    private static bool IsEmpty(JsonObject selector) => selector.Map("matchLabels") is null or { Count: 0 } && !selector.Items("matchExpressions").Any();

    private static void CheckRunsForever(ErrorList errors, JsonObject? spec, string maker)
    {
        const string path = "spec.template.spec";
        var podSpec = spec.Map("template").Map("spec");
        if (podSpec.Text("restartPolicy") is { } policy && policy != "Always")
        {
            errors.Add(FieldError.NotSupported(path + ".restartPolicy", policy, ["Always"]));
        }

        if (podSpec.Has("activeDeadlineSeconds"))
        {
            errors.Add(FieldError.Forbidden(path + ".activeDeadlineSeconds", $"activeDeadlineSeconds in {maker} is not Supported"));
        }
    }

    /// <summary>A selector that is absent selects nothing.</summary>
    internal static void CheckSelects(ErrorList errors, JsonObject? selector, JsonObject? labels)
    {
        try
        {
            if (selector is null || !LabelSelector.FromObject(selector).Matches(labels))
            {
                errors.Add(FieldError.Invalid("spec.template.metadata.labels", GoPrint.Map(labels), "`selector` does not match template `labels`"));
            }
        }
        catch (SelectorException)
        {
            // What is wrong is already in the list, field by field.
        }
    }

    internal static void CheckLabelSelector(ErrorList errors, JsonObject? selector, string path)
    {
        MetadataRules.CheckLabels(errors, selector.Map("matchLabels"), path + ".matchLabels");
        foreach (var (requirement, at) in selector.Placed("matchExpressions", path))
        {
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
                foreach (var fault in NameRules.LabelValue(values[v]))
                {
                    errors.AddTolerable("value of a selector", FieldError.Invalid($"{at}.values[{v}]", values[v], fault));
                }
            }
        }
    }

    private static void CheckRollingUpdate(ErrorList errors, JsonObject rolling, string path)
    {
        var unavailable = CheckAmount(errors, rolling["maxUnavailable"], path + ".maxUnavailable", atMostAll: true) ?? 0;
        var surge = CheckAmount(errors, rolling["maxSurge"], path + ".maxSurge", atMostAll: false) ?? 0;
        if (unavailable == 0 && surge == 0)
        {
            errors.Add(FieldError.Invalid(path + ".maxUnavailable", rolling["maxUnavailable"], "may not be 0 when `maxSurge` is 0"));
        }
    }

    /// <summary>A node has one pod of the set, so it either goes before the new one comes or after.</summary>
    private static void CheckDaemonUpdate(ErrorList errors, JsonObject rolling, string path)
    {
        var unavailable = CheckAmount(errors, rolling["maxUnavailable"], path + ".maxUnavailable", atMostAll: true) ?? 0;
        var surge = CheckAmount(errors, rolling["maxSurge"], path + ".maxSurge", atMostAll: true) ?? 0;
        if (unavailable != 0 && surge != 0)
        {
            errors.Add(FieldError.Invalid(path + ".maxSurge", rolling["maxSurge"], "may not be set when maxUnavailable is non-zero"));
        }
        else if (unavailable == 0 && surge == 0)
        {
            errors.Add(FieldError.Required(path + ".maxUnavailable", "cannot be 0 when maxSurge is 0"));
        }
    }

    /// <summary>Checks a number or percentage; returns it, null when malformed.</summary>
    internal static long? CheckAmount(ErrorList errors, JsonNode? node, string path, bool atMostAll)
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
