using System.Text.Json.Nodes;
using Kube.Api.Serialization;

namespace Kube.Api.Validation;

/// <summary>Rules of pods and pod templates (Kubernetes' pkg/apis/core/validation).</summary>
internal static partial class PodRules
{
    private const string MirrorAnnotation = "kubernetes.io/config.mirror";
    private const string DeletionCostAnnotation = "controller.kubernetes.io/pod-deletion-cost";

    /// <summary>What the parts of one pod's spec are judged by.</summary>
    /// <param name="Spec">The whole spec.</param>
    /// <param name="Path">Where it stands.</param>
    /// <param name="PodName">The name of the pod; null in a template.</param>
    /// <param name="IsNew">True when the pod or template is not stored yet.</param>
    private sealed record Scope(JsonObject Spec, string Path, string? PodName, bool IsNew)
    {
        internal Dictionary<string, JsonObject> Volumes { get; } = new(StringComparer.Ordinal);

        internal HashSet<string> Claims { get; } = new(StringComparer.Ordinal);

        internal bool IsPod => PodName is not null;

        internal bool HostNetwork => Spec.Flag("hostNetwork") == true;

        internal bool HostUsers => Spec.Flag("hostUsers") != false;

        internal long? GraceSeconds => Spec.Whole("terminationGracePeriodSeconds");
    }

    internal static void CheckPod(ErrorList errors, JsonObject pod)
    {
        var spec = pod.Map("spec") ?? [];
        var annotations = pod.Map("metadata").Map("annotations");
        CheckPodAnnotations(errors, annotations, spec, "metadata.annotations");
        CheckSpec(errors, new Scope(spec, "spec", pod.Map("metadata").Text("name") ?? "", IsNew: false));
        if (string.IsNullOrEmpty(spec.Text("serviceAccountName")))
        {
            foreach (var (volume, path) in spec.Placed("volumes", "spec"))
            {
                foreach (var (_, at) in volume.Map("projected").Placed("sources", path + ".projected").Where(static s => s.Item.Has("serviceAccountToken")))
                {
                    errors.Add(FieldError.Forbidden(at + ".serviceAccountToken", "must not be specified when serviceAccountName is not set"));
                }
            }
        }

        foreach (var member in (string[])["containers", "initContainers", "ephemeralContainers"])
        {
            foreach (var (container, path) in spec.Placed(member, "spec"))
            {
                CheckImageSpace(errors, container, path);
            }
        }
    }

    /// <summary>What holds of a pod that is about to be made.</summary>
    internal static void CheckNewPod(ErrorList errors, JsonObject pod)
    {
        var spec = pod.Map("spec") ?? [];
        if (spec.Items("ephemeralContainers").Any())
        {
            errors.Add(FieldError.Forbidden("spec.ephemeralContainers", "cannot be set on create"));
        }

        if (!string.IsNullOrEmpty(spec.Text("nodeName")) && spec.Items("schedulingGates").Any())
        {
            errors.Add(FieldError.Forbidden("spec.nodeName", "cannot be set until all schedulingGates have been cleared"));
        }

        CheckHostSysctls(errors, spec, "spec.securityContext.sysctls");
        CheckProfileAnnotations(errors, pod.Map("metadata").Map("annotations"), spec, "spec");
    }

    internal static void CheckTemplate(ErrorList errors, JsonObject? template, string path)
    {
        if (template is null)
        {
            errors.Add(FieldError.Required(path));
            return;
        }

        CheckTemplateMetadata(errors, template, path);
        var spec = template.Map("spec") ?? [];
        CheckSpec(errors, new Scope(spec, path + ".spec", null, IsNew: false));
        CheckProfileAnnotations(errors, template.Map("metadata").Map("annotations"), spec, path + ".spec");
        if (spec.Items("ephemeralContainers").Any())
        {
            errors.Add(FieldError.Forbidden(path + ".spec.ephemeralContainers", "ephemeral containers not allowed in pod template"));
        }
    }

    /// <summary>Labels and annotations of a template; faults leave out "metadata", as Kubernetes' do.</summary>
    internal static void CheckTemplateMetadata(ErrorList errors, JsonObject template, string path)
    {
        var metadata = template.Map("metadata");
        MetadataRules.CheckLabels(errors, metadata.Map("labels"), path + ".labels");
        MetadataRules.CheckAnnotations(errors, metadata.Map("annotations"), path + ".annotations");
        CheckPodAnnotations(errors, metadata.Map("annotations"), template.Map("spec") ?? [], path + ".annotations");
    }

    /// <summary>The annotations that mean something for a pod.</summary>
    internal static void CheckPodAnnotations(ErrorList errors, JsonObject? annotations, JsonObject spec, string path)
    {
        if (annotations.Text(MirrorAnnotation) is { } mirror && string.IsNullOrEmpty(spec.Text("nodeName")))
        {
            errors.Add(FieldError.Invalid($"{path}[{MirrorAnnotation}]", mirror, "must set spec.nodeName if mirror pod annotation is set"));
        }

        if (annotations.Text(DeletionCostAnnotation) is { } cost && !IsCost(cost))
        {
            errors.Add(FieldError.Invalid($"{path}[{DeletionCostAnnotation}]", cost, "must be a 32bit integer"));
        }

        CheckProfileAnnotationForms(errors, annotations, spec, path);
    }

    private static bool IsCost(string text) =>
        int.TryParse(text, System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out _)
        && (text == "0" || text[0] is '-' or (>= '1' and <= '9'));

    private static void CheckSpec(ErrorList errors, Scope scope)
    {
        var (spec, path) = (scope.Spec, scope.Path);
        CheckVolumes(errors, scope);
        CheckResourceClaims(errors, scope);
        CheckAllContainers(errors, scope);
        CheckHostNetworkPorts(errors, scope);
        errors.OneOf(path + ".restartPolicy", spec.Text("restartPolicy"), "Always", "OnFailure", "Never");
        errors.OneOf(path + ".dnsPolicy", spec.Text("dnsPolicy"), "ClusterFirstWithHostNet", "ClusterFirst", "Default", "None");
        MetadataRules.CheckLabels(errors, spec.Map("nodeSelector"), path + ".nodeSelector");
        CheckPodSecurity(errors, scope);
        CheckAffinity(errors, spec.Map("affinity"), path + ".affinity");
        CheckDnsConfig(errors, spec, path + ".dnsConfig");
        foreach (var (gate, at) in spec.Placed("readinessGates", path))
        {
            errors.AddInvalid(at + ".conditionType", gate.Text("conditionType") ?? "", NameRules.QualifiedName(gate.Text("conditionType") ?? ""));
        }

        CheckSchedulingGates(errors, spec, path);
        CheckSpread(errors, spec, path);
        CheckHostProcesses(errors, scope);
        CheckHostUsers(errors, scope);
        CheckNames(errors, spec, path);
        CheckTolerations(errors, spec, path);
        CheckHostAliases(errors, spec, path);
        if (spec.Text("preemptionPolicy") is { } preemption)
        {
            errors.OneOf(path + ".preemptionPolicy", preemption, "PreemptLowerPriority", "Never");
        }

        if (spec.Map("overhead") is { } overhead)
        {
            ResourceRules.CheckRequirements(errors, new JsonObject { ["limits"] = overhead.DeepClone() }, [], path + ".overhead");
        }

        CheckOperatingSystem(errors, scope);
    }

    /// <summary>Names of other objects and of the pod itself; their formats are said by attributes.</summary>
    private static void CheckNames(ErrorList errors, JsonObject spec, string path)
    {
        if (spec.Text("runtimeClassName") is { Length: 0 })
        {
            errors.AddInvalid(path + ".runtimeClassName", "", NameRules.DnsSubdomain(""));
        }

        if (spec.Whole("activeDeadlineSeconds") is { } deadline)
        {
            errors.AddInvalid(path + ".activeDeadlineSeconds", deadline, NameRules.InRange(deadline, 1, int.MaxValue));
        }
    }

    private static void CheckDnsConfig(ErrorList errors, JsonObject spec, string path)
    {
        const int maxServers = 3;
        const int maxSearches = 32;
        const int maxSearchChars = 2048;
        var config = spec.Map("dnsConfig");
        if (spec.Text("dnsPolicy") == "None" && config is null)
        {
            errors.Add(FieldError.Required(path, "must provide `dnsConfig` when `dnsPolicy` is None"));
            return;
        }

        var servers = config.Texts("nameservers").ToList();
        if (spec.Text("dnsPolicy") == "None" && servers.Count == 0)
        {
            errors.Add(FieldError.Required(path + ".nameservers", "must provide at least one DNS nameserver when `dnsPolicy` is None"));
            return;
        }

        if (servers.Count > maxServers)
        {
            errors.Add(FieldError.Invalid(path + ".nameservers", servers, $"must not have more than {maxServers} nameservers"));
        }

        foreach (var (server, at) in config.PlacedTexts("nameservers", path))
        {
            AddressRules.CheckAddress(errors, server, at);
        }

        var searches = config.Texts("searches").ToList();
        if (searches.Count > maxSearches)
        {
            errors.Add(FieldError.Invalid(path + ".searches", searches, $"must not have more than {maxSearches} search paths"));
        }

        if (string.Join(' ', searches).Length > maxSearchChars)
        {
            errors.Add(FieldError.Invalid(path + ".searches", searches, $"must not have more than {maxSearchChars} characters (including spaces) in the search list"));
        }

        foreach (var (search, at) in config.PlacedTexts("searches", path))
        {
            var name = search.EndsWith('.') ? search[..^1] : search;
            errors.AddInvalid(at, name, NameRules.DnsSubdomain(name));
        }

        foreach (var (option, at) in config.Placed("options", path))
        {
            errors.Require(at, option.Text("name"), "must not be empty");
        }
    }

    private static void CheckHostAliases(ErrorList errors, JsonObject spec, string path)
    {
        foreach (var (alias, at) in spec.Placed("hostAliases", path))
        {
            AddressRules.CheckAddress(errors, alias.Text("ip") ?? "", at + ".ip");
            foreach (var (host, place) in alias.PlacedTexts("hostnames", at))
            {
                errors.AddInvalid(place, host, NameRules.DnsSubdomain(host));
            }
        }
    }

    private static void CheckResourceClaims(ErrorList errors, Scope scope)
    {
        foreach (var (claim, at) in scope.Spec.Placed("resourceClaims", scope.Path))
        {
            var name = claim.Text("name") ?? "";
            if (errors.Require(at + ".name", name))
            {
                if (scope.Claims.Add(name))
                {
                    errors.AddInvalid(at + ".name", name, NameRules.DnsLabel(name));
                }
                else
                {
                    errors.Add(FieldError.Duplicate(at + ".name", name));
                }
            }

            var (claimName, template) = (claim.Text("resourceClaimName"), claim.Text("resourceClaimTemplateName"));
            if (claimName is not null && template is not null)
            {
                errors.Add(FieldError.Invalid(at, claim, "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified"));
            }
            else if (claimName is null && template is null)
            {
                errors.Add(FieldError.Invalid(at, claim, "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`"));
            }

            if (claimName is not null)
            {
                errors.AddInvalid(at + ".resourceClaimName", claimName, NameRules.DnsSubdomain(claimName));
            }

            if (template is not null)
            {
                errors.AddInvalid(at + ".resourceClaimTemplateName", template, NameRules.DnsSubdomain(template));
            }
        }
    }
}
