using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Kube.Api.Serialization;

namespace Kube.Api.Validation;

/// <summary>Rules of pods and pod templates.</summary>
internal static partial class PodRules
{
    private const int MaxSysctlLength = 253;
    private const string SysctlPattern = @"^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$";

    internal static void CheckPod(ErrorList errors, JsonObject pod)
    {
        if (pod.Map("spec") is not { } spec)
        {
            errors.Add(FieldError.Required("spec.containers"));
            return;
        }

        CheckSpec(errors, spec, "spec");
    }

    internal static void CheckTemplate(ErrorList errors, JsonObject? template, string path)
    {
        if (template is null)
        {
            errors.Add(FieldError.Required(path));
            return;
        }

        MetadataRules.CheckLabels(errors, template.Map("metadata").Map("labels"), path + ".metadata.labels");
        MetadataRules.CheckAnnotations(errors, template.Map("metadata").Map("annotations"), path + ".metadata.annotations");
        CheckSpec(errors, template.Map("spec") ?? [], path + ".spec");
        if (template.Map("spec").Items("ephemeralContainers").Any())
        {
            errors.Add(FieldError.Forbidden(path + ".spec.ephemeralContainers", "ephemeral containers not allowed in pod template"));
        }
    }

    private static void CheckSpec(ErrorList errors, JsonObject spec, string path)
    {
        var volumes = CheckVolumes(errors, spec, path + ".volumes");
        var names = new HashSet<string>(StringComparer.Ordinal);
        if (!spec.Items("containers").Any())
        {
            errors.Add(FieldError.Required(path + ".containers"));
        }

        CheckContainers(errors, spec, "containers", path, volumes, names);
        CheckContainers(errors, spec, "initContainers", path, volumes, names);
        CheckContainers(errors, spec, "ephemeralContainers", path, volumes, names);
        CheckHostPorts(errors, spec, path);
        errors.OneOf(path + ".restartPolicy", spec.Text("restartPolicy"), "Always", "OnFailure", "Never");
        errors.OneOf(path + ".dnsPolicy", spec.Text("dnsPolicy"), "ClusterFirstWithHostNet", "ClusterFirst", "Default", "None");
        MetadataRules.CheckLabels(errors, spec.Map("nodeSelector"), path + ".nodeSelector");
        CheckLimits(errors, spec, path);
        CheckSysctls(errors, spec, path + ".securityContext.sysctls");
        CheckTolerations(errors, spec, path + ".tolerations");
        CheckAffinity(errors, spec.Map("affinity"), path + ".affinity");
        CheckSpread(errors, spec, path + ".topologySpreadConstraints");
        var i = 0;
        foreach (var secret in spec.Items("imagePullSecrets"))
        {
            errors.Require($"{path}.imagePullSecrets[{i++}].name", secret.Text("name"));
        }
    }

    private static void CheckLimits(ErrorList errors, JsonObject spec, string path)
    {
        if (spec.Whole("activeDeadlineSeconds") is { } deadline)
        {
            errors.AddInvalid(path + ".activeDeadlineSeconds", deadline, NameRules.InRange(deadline, 1, int.MaxValue));
        }

        errors.NonNegative(path + ".terminationGracePeriodSeconds", spec.Whole("terminationGracePeriodSeconds"));
        var security = spec.Map("securityContext");
        foreach (var field in (string[])["runAsUser", "runAsGroup", "fsGroup"])
        {
            if (security.Whole(field) is { } id)
            {
                errors.AddInvalid($"{path}.securityContext.{field}", id, NameRules.InRange(id, 0, int.MaxValue));
            }
        }
    }

    private static void CheckSysctls(ErrorList errors, JsonObject spec, string path)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var i = 0;
        foreach (var sysctl in spec.Map("securityContext").Items("sysctls"))
        {
            var at = $"{path}[{i++}].name";
            var name = sysctl.Text("name") ?? "";
            if (!errors.Require(at, name))
            {
                continue;
            }

            if (name.Length > MaxSysctlLength || !SysctlName().IsMatch(name))
            {
                errors.Add(FieldError.Invalid(at, name, $"must have at most {MaxSysctlLength} characters and match regex {SysctlPattern}"));
            }
            else if (!seen.Add(name))
            {
                errors.Add(FieldError.Duplicate(at, name));
            }
        }
    }

    private static void CheckTolerations(ErrorList errors, JsonObject spec, string path)
    {
        var i = 0;
        foreach (var toleration in spec.Items("tolerations"))
        {
            var at = $"{path}[{i++}]";
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
                    errors.AddInvalid(at + ".operator", value, NameRules.LabelValue(value));
                    break;
                case "Exists":
                    if (value.Length > 0)
                    {
                        errors.Add(FieldError.Invalid(at + ".operator", toleration, "value must be empty when `operator` is 'Exists'"));
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

    private static void CheckAffinity(ErrorList errors, JsonObject? affinity, string path)
    {
        var node = affinity.Map("nodeAffinity");
        if (node.Map("requiredDuringSchedulingIgnoredDuringExecution") is { } required)
        {
            var at = path + ".nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms";
            if (!required.Items("nodeSelectorTerms").Any())
            {
                errors.Add(FieldError.Required(at, "must have at least one node selector term"));
            }

            var i = 0;
            foreach (var term in required.Items("nodeSelectorTerms"))
            {
                CheckNodeSelectorTerm(errors, term, $"{at}[{i++}]");
            }
        }

        foreach (var kind in (string[])["podAffinity", "podAntiAffinity"])
        {
            var i = 0;
            foreach (var term in affinity.Map(kind).Items("requiredDuringSchedulingIgnoredDuringExecution"))
            {
                var at = $"{path}.{kind}.requiredDuringSchedulingIgnoredDuringExecution[{i++}]";
                WorkloadRules.CheckLabelSelector(errors, term.Map("labelSelector"), at + ".labelSelector");
                if (string.IsNullOrEmpty(term.Text("topologyKey")))
                {
                    errors.Add(FieldError.Required(at + ".topologyKey", "can not be empty"));
                }
            }
        }
    }

    private static void CheckNodeSelectorTerm(ErrorList errors, JsonObject term, string path)
    {
        var i = 0;
        foreach (var requirement in term.Items("matchExpressions"))
        {
            var at = $"{path}.matchExpressions[{i++}]";
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
        }
    }

    private static void CheckSpread(ErrorList errors, JsonObject spec, string path)
    {
        var i = 0;
        foreach (var constraint in spec.Items("topologySpreadConstraints"))
        {
            var at = $"{path}[{i++}]";
            if (constraint.Whole("maxSkew") is not > 0)
            {
                errors.Add(FieldError.Invalid(at + ".maxSkew", constraint.Whole("maxSkew") ?? 0, "must be greater than zero"));
            }

            if (string.IsNullOrEmpty(constraint.Text("topologyKey")))
            {
                errors.Add(FieldError.Required(at + ".topologyKey", "can not be empty"));
            }

            if (constraint.Text("whenUnsatisfiable") is not ("DoNotSchedule" or "ScheduleAnyway"))
            {
                errors.Add(FieldError.NotSupported(at + ".whenUnsatisfiable", constraint.Text("whenUnsatisfiable") ?? "", ["DoNotSchedule", "ScheduleAnyway"]));
            }
        }
    }

    [GeneratedRegex(SysctlPattern, RegexOptions.CultureInvariant)]
    private static partial Regex SysctlName();
}
