using System.Text.Json.Nodes;
using Kube.Api.Serialization;

namespace Kube.Api.Validation;

/// <content>Where a pod may run: affinity, tolerations, spreading, gates.</content>
internal static partial class PodRules
{
    private const string Required = "requiredDuringSchedulingIgnoredDuringExecution";
    private const string Preferred = "preferredDuringSchedulingIgnoredDuringExecution";

    internal static void CheckTolerations(ErrorList errors, JsonObject spec, string path)
    {
        foreach (var (toleration, at) in spec.Placed("tolerations", path))
        {
            var (key, op, effect, value) = (toleration.Text("key") ?? "", toleration.Text("operator") ?? "", toleration.Text("effect") ?? "", toleration.Text("value") ?? "");
            if (key.Length > 0)
            {
                errors.AddInvalid(at + ".key", key, NameRules.QualifiedName(key));
            }
            else if (op != "Exists")
            {
                errors.Add(FieldError.Invalid(at + ".operator", op, "operator must be Exists when `key` is empty, which means \"match all values and all keys\""));
            }

            if (toleration.Has("tolerationSeconds") && effect != "NoExecute")
            {
                errors.Add(FieldError.Invalid(at + ".effect", effect, "effect must be 'NoExecute' when `tolerationSeconds` is set"));
            }

            switch (op)
            {
                case "Equal" or "":
                    if (NameRules.LabelValue(value) is { Count: > 0 } faults)
                    {
                        errors.Add(FieldError.Invalid(at + ".operator", value, string.Join(';', faults)));
                    }

                    break;
                case "Exists":
                    if (value.Length > 0)
                    {
                        errors.Add(FieldError.Invalid(at + ".operator", value, "value must be empty when `operator` is 'Exists'"));
                    }

                    break;
                default:
                    errors.Add(FieldError.NotSupported(at + ".operator", op, ["Equal", "Exists"]));
                    break;
            }

            if (effect.Length > 0)
            {
                errors.OneOf(at + ".effect", effect, "NoSchedule", "PreferNoSchedule", "NoExecute");
            }
        }
    }

    private static void CheckSchedulingGates(ErrorList errors, JsonObject spec, string path)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (gate, at) in spec.Placed("schedulingGates", path))
        {
            var name = gate.Text("name") ?? "";
            errors.AddInvalid(at, name, NameRules.QualifiedName(name));
            if (!seen.Add(name))
            {
                errors.Add(FieldError.Duplicate(at, name));
            }
        }
    }

    private static void CheckAffinity(ErrorList errors, JsonObject? affinity, string path)
    {
        var node = affinity.Map("nodeAffinity");
        if (node.Map(Required) is { } required)
        {
            CheckNodeSelector(errors, required, $"{path}.nodeAffinity.{Required}");
        }

        foreach (var (term, at) in node.Placed(Preferred, path + ".nodeAffinity"))
        {
            CheckWeight(errors, term, at);
            CheckNodeSelectorTerm(errors, term.Map("preference"), at + ".preference", strictValues: false);
        }

        foreach (var kind in (string[])["podAffinity", "podAntiAffinity"])
        {
            foreach (var (term, at) in affinity.Map(kind).Placed(Required, $"{path}.{kind}"))
            {
                CheckPodTerm(errors, term, at);
            }

            foreach (var (term, at) in affinity.Map(kind).Placed(Preferred, $"{path}.{kind}"))
            {
                CheckWeight(errors, term, at);
                CheckPodTerm(errors, term.Map("podAffinityTerm"), at + ".podAffinityTerm");
            }
        }
    }

    private static void CheckWeight(ErrorList errors, JsonObject term, string path)
    {
        if ((term.Whole("weight") ?? 0) is var weight and (<= 0 or > 100))
        {
            errors.Add(FieldError.Invalid(path + ".weight", weight, "must be in the range 1-100"));
        }
    }

    internal static void CheckNodeSelector(ErrorList errors, JsonObject selector, string path)
    {
        if (!selector.Items("nodeSelectorTerms").Any())
        {
            errors.Add(FieldError.Required(path + ".nodeSelectorTerms", "must have at least one node selector term"));
        }

        foreach (var (term, at) in selector.Placed("nodeSelectorTerms", path))
        {
            CheckNodeSelectorTerm(errors, term, at, strictValues: true);
        }
    }

    /// <summary>A preference may name values that no label can have: it holds of no node, and that is no fault.</summary>
    private static void CheckNodeSelectorTerm(ErrorList errors, JsonObject? term, string path, bool strictValues)
    {
        foreach (var (requirement, at) in term.Placed("matchExpressions", path))
        {
            var values = requirement.Texts("values").Count();
            switch (requirement.Text("operator"))
            {
                case "In" or "NotIn" when values == 0:
                    errors.Add(FieldError.Required(at + ".values", "must be specified when `operator` is 'In' or 'NotIn'"));
                    break;
                case "Exists" or "DoesNotExist" when values > 0:
                    errors.Add(FieldError.Forbidden(at + ".values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
                    break;
                case "Gt" or "Lt" when values != 1:
                    errors.Add(FieldError.Required(at + ".values", "must be specified single value when `operator` is 'Lt' or 'Gt'"));
                    break;
                case not ("In" or "NotIn" or "Exists" or "DoesNotExist" or "Gt" or "Lt"):
                    errors.Add(FieldError.Invalid(at + ".operator", requirement.Text("operator") ?? "", "not a valid selector operator"));
                    break;
            }

            errors.AddInvalid(at + ".key", requirement.Text("key") ?? "", NameRules.QualifiedName(requirement.Text("key") ?? ""));
            foreach (var (value, place) in requirement.PlacedTexts("values", at).Where(_ => strictValues))
            {
                errors.AddInvalid(place, value, NameRules.LabelValue(value));
            }
        }

        foreach (var (requirement, at) in term.Placed("matchFields", path))
        {
            CheckFieldRequirement(errors, requirement, at);
        }
    }

    /// <summary>The name is the only field of a node that can be asked for, and one at a time.</summary>
    private static void CheckFieldRequirement(ErrorList errors, JsonObject requirement, string path)
    {
        if (requirement.Text("operator") is not ("In" or "NotIn"))
        {
            errors.Add(FieldError.Invalid(path + ".operator", requirement.Text("operator") ?? "", "not a valid selector operator"));
        }
        else if (requirement.Texts("values").Count() != 1)
        {
            errors.Add(FieldError.Required(path + ".values", "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"));
        }

        if (requirement.Text("key") != "metadata.name")
        {
            errors.Add(FieldError.Invalid(path + ".key", requirement.Text("key") ?? "", "not a valid field selector key"));
            return;
        }

        foreach (var (value, at) in requirement.PlacedTexts("values", path))
        {
            errors.AddInvalid(at, value, NameRules.DnsSubdomain(value));
        }
    }

    private static void CheckPodTerm(ErrorList errors, JsonObject? term, string path)
    {
        WorkloadRules.CheckLabelSelector(errors, term.Map("labelSelector"), path + ".labelSelector");
        WorkloadRules.CheckLabelSelector(errors, term.Map("namespaceSelector"), path + ".namespaceSelector");
        foreach (var name in term.Texts("namespaces"))
        {
            errors.AddInvalid(path + ".namespace", name, NameRules.DnsLabel(name));
        }

        CheckTermKeys(errors, term, path);
        var topology = term.Text("topologyKey") ?? "";
        if (topology.Length == 0)
        {
            errors.Add(FieldError.Required(path + ".topologyKey", "can not be empty"));
        }

        errors.AddInvalid(path + ".topologyKey", topology, NameRules.QualifiedName(topology));
    }

    /// <summary>Keys whose values are taken from the pod itself.</summary>
    private static void CheckTermKeys(ErrorList errors, JsonObject? term, string path)
    {
        var selector = term.Map("labelSelector");
        foreach (var member in ((string[])["matchLabelKeys", "mismatchLabelKeys"]).Where(m => term.Texts(m).Any()))
        {
            if (selector is null)
            {
                errors.Add(FieldError.Forbidden($"{path}.{member}", "must not be specified when labelSelector is not set"));
                continue;
            }

            foreach (var (key, at) in term.PlacedTexts(member, path))
            {
                errors.AddInvalid(at, key, NameRules.QualifiedName(key));
            }
        }

        // What the keys stand for is already among the expressions, so a fault is a key that stands there twice.
        var match = term.Texts("matchLabelKeys").ToList();
        var seen = (selector.Map("matchLabels") ?? []).Select(static l => l.Key).ToHashSet(StringComparer.Ordinal);
        foreach (var key in selector.Items("matchExpressions").Select(static e => e.Text("key") ?? ""))
        {
            if (!seen.Add(key) && match.LastIndexOf(key) is >= 0 and var i)
            {
                errors.Add(FieldError.Invalid($"{path}[{i}]", key, "exists in both matchLabelKeys and labelSelector"));
            }
        }

        foreach (var (key, at) in term.PlacedTexts("matchLabelKeys", path).Where(k => term.Texts("mismatchLabelKeys").Contains(k.Text)))
        {
            errors.Add(FieldError.Invalid(at, key, "exists in both matchLabelKeys and mismatchLabelKeys"));
        }
    }

    private static void CheckSpread(ErrorList errors, JsonObject spec, string path)
    {
        var constraints = spec.Placed("topologySpreadConstraints", path).ToList();
        for (var i = 0; i < constraints.Count; i++)
        {
            var (constraint, at) = constraints[i];
            var (key, action) = (constraint.Text("topologyKey") ?? "", constraint.Text("whenUnsatisfiable") ?? "");
            if ((constraint.Whole("maxSkew") ?? 0) is var skew and <= 0)
            {
                errors.Add(FieldError.Invalid(at + ".maxSkew", skew, "must be greater than zero"));
            }

            errors.Require(at + ".topologyKey", key, "can not be empty");
            if (action is not ("DoNotSchedule" or "ScheduleAnyway"))
            {
                errors.Add(FieldError.NotSupported(at + ".whenUnsatisfiable", action, ["DoNotSchedule", "ScheduleAnyway"]));
            }

            if (constraints.Skip(i + 1).Any(c => (c.Item.Text("topologyKey") ?? "") == key && (c.Item.Text("whenUnsatisfiable") ?? "") == action))
            {
                errors.Add(FieldError.Duplicate(at + ".{topologyKey, whenUnsatisfiable}", $"{{{key}, {action}}}"));
            }

            CheckSpreadDetails(errors, constraint, at, action);
        }
    }

    private static void CheckSpreadDetails(ErrorList errors, JsonObject constraint, string path, string action)
    {
        if (constraint.Whole("minDomains") is { } domains)
        {
            if (domains <= 0)
            {
                errors.Add(FieldError.Invalid(path + ".minDomains", domains, "must be greater than zero"));
            }

            if (action != "DoNotSchedule")
            {
                errors.Add(FieldError.Invalid(path + ".minDomains", domains, $"can only use minDomains if whenUnsatisfiable=DoNotSchedule, not {action}"));
            }
        }

        foreach (var policy in (string[])["nodeAffinityPolicy", "nodeTaintsPolicy"])
        {
            if (constraint.Text(policy) is { } text && text is not ("Honor" or "Ignore"))
            {
                errors.Add(FieldError.NotSupported($"{path}.{policy}", text, ["Honor", "Ignore"]));
            }
        }

        var selector = constraint.Map("labelSelector");
        if (constraint.Texts("matchLabelKeys").Any() && selector is null)
        {
            errors.Add(FieldError.Forbidden(path + ".matchLabelKeys", "must not be specified when labelSelector is not set"));
        }

        var selected = (selector.Map("matchLabels") ?? []).Select(static l => l.Key).Concat(selector.Items("matchExpressions").Select(static e => e.Text("key") ?? "")).ToHashSet(StringComparer.Ordinal);
        foreach (var (key, at) in constraint.PlacedTexts("matchLabelKeys", path))
        {
            errors.AddInvalid(at, key, NameRules.QualifiedName(key));
            if (selected.Contains(key))
            {
                errors.Add(FieldError.Invalid(at, key, "exists in both matchLabelKeys and labelSelector"));
            }
        }

        WorkloadRules.CheckLabelSelector(errors, selector, path + ".labelSelector");
    }
}
