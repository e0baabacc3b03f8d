using System.Text.Json.Nodes;
using Kube.Api.Serialization;

namespace Kube.Api.Validation;

/// <summary>Rules of services.</summary>
internal static class ServiceRules
{
    private const long MaxAffinitySeconds = 86_400;

    internal static void Check(ErrorList errors, JsonObject service)
    {
        var spec = service.Map("spec");
        var type = spec.Text("type");
        errors.OneOf("spec.type", type, "ClusterIP", "ExternalName", "LoadBalancer", "NodePort");
        if (type == "ExternalName")
        {
            if (errors.Require("spec.externalName", spec.Text("externalName")))
            {
                errors.AddInvalid("spec.externalName", spec.Text("externalName"), NameRules.DnsSubdomain(spec.Text("externalName")!.ToLowerInvariant().TrimEnd('.')));
            }
        }
        else if (!spec.Items("ports").Any() && spec.Text("clusterIP") != "None")
        {
            errors.Add(FieldError.Required("spec.ports"));
        }

        CheckPorts(errors, spec, type);
        MetadataRules.CheckLabels(errors, spec.Map("selector"), "spec.selector");
        errors.OneOf("spec.sessionAffinity", spec.Text("sessionAffinity"), "ClientIP", "None");
        if (spec.Map("sessionAffinityConfig").Map("clientIP").Whole("timeoutSeconds") is { } seconds && seconds is <= 0 or > MaxAffinitySeconds)
        {
            errors.Add(FieldError.Invalid("spec.sessionAffinityConfig.clientIP.timeoutSeconds", seconds, $"must be greater than 0 and less than {MaxAffinitySeconds}"));
        }
    }

    private static void CheckPorts(ErrorList errors, JsonObject? spec, string? type)
    {
        var ports = spec.Items("ports").ToList();
        var names = new HashSet<string>(StringComparer.Ordinal);
        var numbers = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < ports.Count; i++)
        {
            var (port, path) = (ports[i], $"spec.ports[{i}]");
            if (string.IsNullOrEmpty(port.Text("name")))
            {
                if (ports.Count > 1)
                {
                    errors.Add(FieldError.Required(path + ".name"));
                }
            }
            else if (!names.Add(port.Text("name")!))
            {
                errors.Add(FieldError.Duplicate(path + ".name", port.Text("name")));
            }

            errors.OneOf(path + ".protocol", port.Text("protocol"), "SCTP", "TCP", "UDP");
            if (port["targetPort"] is { } target)
            {
                PodRules.CheckPortNumberOrName(errors, path + ".targetPort", target);
            }

            if (port.Whole("nodePort") is > 0 && type is "ClusterIP" or "ExternalName")
            {
                errors.Add(FieldError.Forbidden(path + ".nodePort", $"may not be used when `type` is '{type}'"));
            }

            if (!numbers.Add($"{port.Text("protocol")}/{port.Whole("port")}"))
            {
                errors.Add(FieldError.Duplicate(path, port));
            }
        }
    }

    internal static void CheckUpdate(ErrorList errors, JsonObject service, JsonObject old)
    {
        var (spec, before) = (service.Map("spec"), old.Map("spec"));
        if (spec.Text("type") == "ExternalName" || before.Text("type") == "ExternalName")
        {
            return;
        }

        if (before.Text("clusterIP") is { Length: > 0 } ip && spec.Text("clusterIP") != ip)
        {
            var shown = new RawText($"[]string{{{GoText.Quote(spec.Text("clusterIP") ?? "")}}}");
            errors.Add(FieldError.Invalid("spec.clusterIPs[0]", shown, "may not change once set"));
        }
    }
}
