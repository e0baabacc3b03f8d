using System.Text.Json.Nodes;
using Kube.Api.Serialization;

namespace Kube.Api.Validation;

/// <summary>Rules of API services (Kubernetes' kube-aggregator/pkg/apis/apiregistration/validation).</summary>
internal static class ApiServiceRules
{
    private const int MaxGroupPriority = 20_000;
    private const int MaxVersionPriority = 1000;

    internal static void Check(ErrorList errors, JsonObject service)
    {
        var spec = service.Map("spec");
        var (group, version) = (spec.Text("group") ?? "", spec.Text("version") ?? "");
        if (service.Map("metadata").Text("name") is { Length: > 0 } name && NameRules.PathSegment(name).Count == 0 && name != $"{version}.{group}")
        {
            errors.Add(FieldError.Invalid("metadata.name", name, $"must be `spec.version+\".\"+spec.group`: {GoText.Quote($"{version}.{group}")}"));
        }

        if (group.Length == 0 && version != "v1")
        {
            errors.Add(FieldError.Required("spec.group", "only v1 may have an empty group and it better be legacy kube"));
        }

        if (group.Length > 0)
        {
            errors.AddInvalid("spec.group", group, NameRules.DnsSubdomain(group));
        }

        errors.AddInvalid("spec.version", version, NameRules.Dns1035Label(version));
        CheckPriority(errors, spec, "groupPriorityMinimum", MaxGroupPriority);
        CheckPriority(errors, spec, "versionPriority", MaxVersionPriority);
        CheckServer(errors, spec);
    }

    internal static void CheckStatus(ErrorList errors, JsonObject service, JsonObject old)
    {
        foreach (var (condition, path) in service.Map("status").Placed("conditions", "status"))
        {
            if (condition.Text("status") is not ("True" or "False" or "Unknown"))
            {
                errors.Add(FieldError.NotSupported(path + ".status", condition.Text("status") ?? "", ["True", "False", "Unknown"]));
            }
        }
    }

    private static void CheckPriority(ErrorList errors, JsonObject? spec, string field, int most)
    {
        if ((spec.Whole(field) ?? 0) is var priority && (priority <= 0 || priority > most))
        {
            errors.Add(FieldError.Invalid("spec." + field, priority, $"must be positive and less than {most}"));
        }
    }

    private static void CheckServer(ErrorList errors, JsonObject? spec)
    {
        var (bundle, isInsecure) = (spec.Text("caBundle") ?? "", spec.Flag("insecureSkipTLSVerify") == true);
        if (spec.Map("service") is not { } service)
        {
            if (bundle.Length > 0)
            {
                errors.Add(FieldError.Invalid("spec.caBundle", $"{ScalarText.FromBase64(bundle).Length} bytes", "local APIServices may not have a caBundle"));
            }

            if (isInsecure)
            {
                errors.Add(FieldError.Invalid("spec.insecureSkipTLSVerify", true, "local APIServices may not have insecureSkipTLSVerify"));
            }

            return;
        }

        errors.Require("spec.service.namespace", service.Text("namespace"));
        errors.Require("spec.service.name", service.Text("name"));
        var port = service.Whole("port") ?? 0;
        if (NameRules.PortNumber(port) is { Count: > 0 } faults)
        {
            errors.Add(FieldError.Invalid("spec.service.port", port, "port is not valid: " + string.Join(", ", faults)));
        }

        if (isInsecure && bundle.Length > 0)
        {
            errors.Add(FieldError.Invalid("spec.insecureSkipTLSVerify", true, "may not be true if caBundle is present"));
        }
    }
}
