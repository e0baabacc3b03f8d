using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Kube.Api.Serialization;

namespace Kube.Api.Validation;

/// <summary>Rules of jobs (Kubernetes' pkg/apis/batch/validation).</summary>
internal static partial class JobRules
{
    private const int MaxIndexes = 100_000;
    private const int MaxWithManyCompletions = 10_000;
    private const int MaxPolicyRules = 20;
    private const int MaxExitCodes = 255;
    private const int MaxManagerLength = 63;
    private const int MaxIndexesLength = 64 * 1024;
    private const string PathForm = @"[A-Za-z0-9/\-._~%!$&'()*+,;=:]+";

    /// <summary>Labels that a job puts on its pods, with what each says; the ones without a domain are the older ones.</summary>
    private static readonly (string Label, string Says)[] GeneratedLabels =
        [("controller-uid", "uid"), ("job-name", "name"), ("batch.kubernetes.io/controller-uid", "uid"), ("batch.kubernetes.io/job-name", "name")];

    internal static void CheckJob(ErrorList errors, JsonObject job)
    {
        var spec = job.Map("spec");
        CheckSpec(errors, spec ?? [], "spec");
        if (spec.Map("selector") is { } selector)
        {
            WorkloadRules.CheckLabelSelector(errors, selector, "spec.selector");
        }
        else
        {
            errors.Add(FieldError.Required("spec.selector"));
        }

        WorkloadRules.CheckSelects(errors, spec.Map("selector"), spec.Map("template").Map("metadata").Map("labels"));
    }

    internal static void CheckNewJob(ErrorList errors, JsonObject job)
    {
        var (metadata, spec) = (job.Map("metadata"), job.Map("spec"));
        if (spec.Flag("manualSelector") != true && spec.Has("selector"))
        {
            CheckGenerated(errors, metadata, spec);
        }

        if (spec.Text("completionMode") == "Indexed" && spec.Whole("completions") is > 0 and var completions && metadata.Text("name") is { } name)
        {
            // Each pod has its index behind the name, and is a host of that name.
            var last = $"{name}-{completions - 1}";
            if (NameRules.DnsLabel(last).Count > 0)
            {
                errors.Add(FieldError.Invalid("metadata.name", name, $"will not able to create pod with invalid DNS label: {last}"));
            }
        }
    }

    private static void CheckGenerated(ErrorList errors, JsonObject? metadata, JsonObject? spec)
    {
        var labels = spec.Map("template").Map("metadata").Map("labels");
        var expected = new JsonObject();
        foreach (var (label, says) in GeneratedLabels)
        {
            var value = metadata.Text(says) ?? "";
            var path = $"spec.template.metadata.labels[{label}]";
            expected[label] = value;
            if (!labels.Has(label))
            {
                errors.Add(FieldError.Required(path, $"must be '{value}'"));
            }
            else if (labels.Text(label) != value)
            {
                errors.Add(FieldError.Invalid(path, GoPrint.Map(labels), $"must be '{value}'"));
            }
        }

        try
        {
            if (!Selectors.LabelSelector.FromObject(spec.Map("selector")!).Matches(expected))
            {
                errors.Add(FieldError.Invalid("spec.selector", GoPrint.LabelSelector(spec.Map("selector")), "`selector` not auto-generated"));
            }
        }
        catch (Selectors.SelectorException)
        {
            // What is wrong is already in the list, field by field.
        }
    }

    internal static void CheckSpec(ErrorList errors, JsonObject spec, string path)
    {
        foreach (var field in (string[])["parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished", "backoffLimitPerIndex", "maxFailedIndexes"])
        {
            errors.NonNegative($"{path}.{field}", spec.Whole(field));
        }

        if (spec.Has("maxFailedIndexes") && !spec.Has("backoffLimitPerIndex"))
        {
            errors.Add(FieldError.Required(path + ".backoffLimitPerIndex", "when maxFailedIndexes is specified"));
        }

        if (spec.Text("managedBy") is { } manager)
        {
            CheckManager(errors, manager, path + ".managedBy");
        }

        var indexed = spec.Text("completionMode") == "Indexed";
        if (spec.Text("completionMode") is not (null or "Indexed" or "NonIndexed"))
        {
            errors.Add(FieldError.NotSupported(path + ".completionMode", spec.Text("completionMode"), ["NonIndexed", "Indexed"]));
        }
        else if (indexed)
        {
            CheckIndexed(errors, spec, path);
        }
        else
        {
            foreach (var field in ((string[])["backoffLimitPerIndex", "maxFailedIndexes"]).Where(spec.Has))
            {
                errors.Add(FieldError.Invalid($"{path}.{field}", spec[field], "requires indexed completion mode"));
            }
        }

        CheckPolicies(errors, spec, path, indexed);
        PodRules.CheckTemplate(errors, spec.Map("template"), path + ".template");
        CheckRestartPolicy(errors, spec, path + ".template.spec.restartPolicy");
    }

    private static void CheckRestartPolicy(ErrorList errors, JsonObject spec, string path)
    {
        switch (spec.Map("template").Map("spec").Text("restartPolicy"))
        {
            case null or "" or "Always":
                errors.Add(FieldError.Required(path, "valid values: \"OnFailure\", \"Never\""));
                break;
            case "OnFailure" when spec.Has("podFailurePolicy"):
                errors.Add(FieldError.Invalid(path, "OnFailure", "only \"Never\" is supported when podFailurePolicy is specified"));
                break;
            case "OnFailure" or "Never":
                break;
            case var other:
                errors.Add(FieldError.NotSupported(path, other, ["OnFailure", "Never"]));
                break;
        }
    }

    private static void CheckManager(ErrorList errors, string manager, string path)
    {
        var parts = manager.Split('/', 2);
        if (manager.Length == 0)
        {
            errors.Add(FieldError.Required(path));
        }
        else if (parts.Length != 2 || parts[0].Length == 0 || parts[1].Length == 0)
        {
            errors.Add(FieldError.Invalid(path, manager, "must be a domain-prefixed path (such as \"acme.io/foo\")"));
        }
        else
        {
            errors.AddInvalid(path, parts[0], NameRules.DnsSubdomain(parts[0]));
            if (!PathRegex().IsMatch(parts[1]))
            {
                errors.Add(FieldError.Invalid(path, parts[1], $"Invalid path (regex used for validation is '{PathForm}')"));
            }
        }

        if (manager.Length > MaxManagerLength)
        {
            errors.Add(FieldError.TooLong(path, MaxManagerLength));
        }
    }

    private static void CheckIndexed(ErrorList errors, JsonObject spec, string path)
    {
        var (completions, parallelism, failed) = (spec.Whole("completions"), spec.Whole("parallelism"), spec.Whole("maxFailedIndexes"));
        if (completions is null)
        {
            errors.Add(FieldError.Required(path + ".completions", "when completion mode is Indexed"));
        }

        if (parallelism > MaxIndexes)
        {
            errors.Add(FieldError.Invalid(path + ".parallelism", parallelism, $"must be less than or equal to {MaxIndexes} when completion mode is Indexed"));
        }

        if (failed > completions)
        {
            errors.Add(FieldError.Invalid(path + ".maxFailedIndexes", failed, "must be less than or equal to completions"));
        }

        if (failed > MaxIndexes)
        {
            errors.Add(FieldError.Invalid(path + ".maxFailedIndexes", failed, $"must be less than or equal to {MaxIndexes}"));
        }

        if (completions is not > MaxIndexes || !spec.Has("backoffLimitPerIndex"))
        {
            return;
        }

        var tooMany = $"must be less than or equal to {MaxWithManyCompletions} when completions are above {MaxIndexes} and used with backoff limit per index";
        if (failed is null)
        {
            errors.Add(FieldError.Required(path + ".maxFailedIndexes", $"must be specified when completions is above {MaxIndexes}"));
        }

        foreach (var (field, value) in new[] { ("parallelism", parallelism), ("maxFailedIndexes", failed) }.Where(static f => f.Item2 > MaxWithManyCompletions))
        {
            errors.Add(FieldError.Invalid($"{path}.{field}", value, tooMany));
        }
    }

    private static void CheckPolicies(ErrorList errors, JsonObject spec, string path, bool indexed)
    {
        if (spec.Map("podFailurePolicy") is { } failure)
        {
            CheckFailurePolicy(errors, spec, failure, path + ".podFailurePolicy");
        }

        if (spec.Map("successPolicy") is { } success)
        {
            if (indexed)
            {
                CheckSuccessPolicy(errors, spec, success, path + ".successPolicy");
            }
            else
            {
                errors.Add(FieldError.Invalid(path + ".successPolicy", success, "requires indexed completion mode"));
            }
        }

        if (spec.Text("podReplacementPolicy") is { } replacement)
        {
            string[] allowed = spec.Has("podFailurePolicy") ? ["Failed"] : ["Failed", "TerminatingOrFailed"];
            if (!allowed.Contains(replacement))
            {
                errors.Add(FieldError.NotSupported(path + ".podReplacementPolicy", replacement, allowed));
            }
        }
    }

    private static void CheckFailurePolicy(ErrorList errors, JsonObject spec, JsonObject policy, string path)
    {
        var rules = policy.Placed("rules", path).ToList();
        if (rules.Count > MaxPolicyRules)
        {
            errors.Add(FieldError.TooMany(path + ".rules", rules.Count, MaxPolicyRules));
        }

        var podSpec = spec.Map("template").Map("spec");
        var containers = podSpec.Items("containers").Concat(podSpec.Items("initContainers")).Select(static c => c.Text("name")).ToHashSet();
        foreach (var (rule, at) in rules)
        {
            var action = rule.Text("action") ?? "";
            if (errors.Require(at + ".action", action, "valid values: [\"Count\" \"FailIndex\" \"FailJob\" \"Ignore\"]"))
            {
                errors.OneOf(at + ".action", action, "Count", "FailIndex", "FailJob", "Ignore");
                if (action == "FailIndex" && !spec.Has("backoffLimitPerIndex"))
                {
                    errors.Add(FieldError.Invalid(at + ".action", action, "requires the backoffLimitPerIndex to be set"));
                }
            }

            var (codes, conditions) = (rule.Map("onExitCodes"), rule.Items("onPodConditions").Any());
            if (codes is not null)
            {
                CheckExitCodes(errors, codes, at + ".onExitCodes", containers);
            }

            CheckConditions(errors, rule, at);
            if (codes is not null == conditions)
            {
                errors.Add(FieldError.InvalidUnshown(at, conditions
                    ? "specifying both OnExitCodes and OnPodConditions is not supported" : "specifying one of OnExitCodes and OnPodConditions is required"));
            }
        }
    }

    private static void CheckConditions(ErrorList errors, JsonObject rule, string path)
    {
        var patterns = rule.Placed("onPodConditions", path).ToList();
        if (patterns.Count > MaxPolicyRules)
        {
            errors.Add(FieldError.TooMany(path + ".onPodConditions", patterns.Count, MaxPolicyRules));
        }

        foreach (var (pattern, at) in patterns)
        {
            errors.AddInvalid(at + ".type", pattern.Text("type") ?? "", NameRules.QualifiedName(pattern.Text("type") ?? ""));
            if (errors.Require(at + ".status", pattern.Text("status"), "valid values: [\"False\" \"True\" \"Unknown\"]"))
            {
                errors.OneOf(at + ".status", pattern.Text("status"), "False", "True", "Unknown");
            }
        }
    }

    private static void CheckExitCodes(ErrorList errors, JsonObject requirement, string path, HashSet<string?> containers)
    {
        var op = requirement.Text("operator");
        if (errors.Require(path + ".operator", op, "valid values: [\"In\" \"NotIn\"]"))
        {
            errors.OneOf(path + ".operator", op, "In", "NotIn");
        }

        if (requirement.Text("containerName") is { } name && !containers.Contains(name))
        {
            errors.Add(FieldError.Invalid(path + ".containerName", name, "must be one of the container or initContainer names in the pod template"));
        }

        var values = requirement.PlacedNumbers("values", path).ToList();
        if (values.Count == 0)
        {
            errors.Add(FieldError.Invalid(path + ".values", requirement["values"], "at least one value is required"));
        }
        else if (values.Count > MaxExitCodes)
        {
            errors.Add(FieldError.TooMany(path + ".values", values.Count, MaxExitCodes));
        }

        var seen = new HashSet<long>();
        foreach (var (value, at) in values)
        {
            if (value == 0 && op == "In")
            {
                errors.Add(FieldError.Invalid(at, value, "must not be 0 for the In operator"));
            }

            if (!seen.Add(value))
            {
                errors.Add(FieldError.Duplicate(at, value));
            }
        }

        if (values.Zip(values.Skip(1)).Any(static pair => pair.First.Number > pair.Second.Number))
        {
            errors.Add(FieldError.Invalid(path + ".values", requirement["values"], "must be ordered"));
        }
    }

    private static void CheckSuccessPolicy(ErrorList errors, JsonObject spec, JsonObject policy, string path)
    {
        var rules = policy.Placed("rules", path).ToList();
        if (rules.Count == 0)
        {
            errors.Add(FieldError.Required(path + ".rules", "at least one rules must be specified when the successPolicy is specified"));
        }
        else if (rules.Count > MaxPolicyRules)
        {
            errors.Add(FieldError.TooMany(path + ".rules", rules.Count, MaxPolicyRules));
        }

        var completions = spec.Whole("completions") ?? 0;
        foreach (var (rule, at) in rules)
        {
            var (count, indexes) = (rule.Whole("succeededCount"), rule.Text("succeededIndexes"));
            if (count is null && indexes is null)
            {
                errors.Add(FieldError.Required(at, "at least one of succeededCount or succeededIndexes must be specified"));
            }

            long total = 0;
            if (indexes?.Length > MaxIndexesLength)
            {
                errors.Add(FieldError.TooLong(at + ".succeededIndexes", MaxIndexesLength));
            }

            if (indexes is not null && JobIndexes.FaultOf(indexes, completions, out total) is { } fault)
            {
                errors.Add(FieldError.Invalid(at + ".succeededIndexes", indexes, "error parsing succeededIndexes: " + fault));
            }

            errors.NonNegative(at + ".succeededCount", count);
            if (count > completions)
            {
                errors.Add(FieldError.Invalid(at + ".succeededCount", count, $"must be less than or equal to {completions} (the number of specified completions)"));
            }

            if (indexes is not null && count > total)
            {
                errors.Add(FieldError.Invalid(at + ".succeededCount", count, $"must be less than or equal to {total} (the number of indexes in the specified succeededIndexes field)"));
            }
        }
    }

    internal static void CheckUpdate(ErrorList errors, JsonObject job, JsonObject old)
    {
        var (spec, before) = (job.Map("spec") ?? [], old.Map("spec") ?? []);
        var completions = spec.Whole("completions");
        if (completions != before.Whole("completions"))
        {
            if (spec.Text("completionMode") != "Indexed")
            {
                errors.Add(FieldError.Invalid("spec.completions", completions, "field is immutable"));
            }
            else if (completions is not null && completions != spec.Whole("parallelism"))
            {
                errors.Add(FieldError.Invalid("spec.completions", completions, "can only be modified in tandem with spec.parallelism"));
            }
        }

        WorkloadRules.CheckSelectorUpdate(errors, job, old);
        CheckTemplateUpdate(errors, job, old);
        foreach (var field in (string[])["completionMode", "podFailurePolicy", "backoffLimitPerIndex", "managedBy", "successPolicy"])
        {
            if (!JsonNode.DeepEquals(spec[field], before[field]))
            {
                errors.Add(FieldError.Invalid("spec." + field, spec[field], "field is immutable"));
            }
        }
    }

    /// <summary>A job that has never run may still be told where its pods go.</summary>
    private static void CheckTemplateUpdate(ErrorList errors, JsonObject job, JsonObject old)
    {
        var (now, then) = ((JsonObject?)job.Map("spec").Map("template")?.DeepClone() ?? [], (JsonObject?)old.Map("spec").Map("template")?.DeepClone() ?? []);
        if (old.Map("spec").Flag("suspend") == true && !old.Map("status").Has("startTime"))
        {
            foreach (var template in (JsonObject[])[now, then])
            {
                template.Map("metadata")?.Remove("annotations");
                template.Map("metadata")?.Remove("labels");
                foreach (var field in (string[])["nodeSelector", "tolerations", "schedulingGates"])
                {
                    template.Map("spec")?.Remove(field);
                }

                template.Map("spec").Map("affinity")?.Remove("nodeAffinity");
                if (template.Map("spec").Map("affinity") is { Count: 0 })
                {
                    template.Map("spec")!.Remove("affinity");
                }
            }
        }

        if (!JsonNode.DeepEquals(now, then))
        {
            errors.Add(FieldError.Invalid("spec.template", job.Map("spec").Map("template"), "field is immutable"));
        }
    }

    [GeneratedRegex("^" + PathForm + "\\z", RegexOptions.CultureInvariant)]
    private static partial Regex PathRegex();
}
