using System.Text.Json.Nodes;
using Kube.Api.Serialization;

namespace Kube.Api.Validation;

/// <summary>What a node's word on its pod's status may be.</summary>
internal static class PodStatusRules
{
    internal static void Check(ErrorList errors, JsonObject pod, JsonObject old)
    {
        PodUpdateRules.CheckAnnotations(errors, pod, old);
        var (status, before, spec) = (pod.Map("status"), old.Map("status"), old.Map("spec"));
        foreach (var (condition, path) in status.Placed("conditions", "metadata"))
        {
            if (condition.Text("type") is not ("PodScheduled" or "Ready" or "Initialized"))
            {
                errors.AddInvalid(path + ".Type", condition.Text("type") ?? "", NameRules.QualifiedName(condition.Text("type") ?? ""));
            }
        }

        if (status.Text("nominatedNodeName") is { Length: > 0 } node && node != before.Text("nominatedNodeName"))
        {
            errors.AddInvalid("status.nominatedNodeName", node, NameRules.DnsSubdomain(node));
        }

        if (before.Text("qosClass") is { Length: > 0 } qos && status.Text("qosClass") != qos)
        {
            errors.Add(FieldError.Invalid("status.qosClass", status.Text("qosClass") ?? "", "field is immutable"));
        }

        var policy = spec.Text("restartPolicy");
        CheckTransitions(errors, status, before, "containerStatuses", policy, static _ => false);
        CheckTransitions(errors, status, before, "initContainerStatuses", policy,
            name => spec.Items("initContainers").Any(c => c.Text("name") == name && c.Text("restartPolicy") == "Always"));
        CheckTransitions(errors, status, before, "ephemeralContainerStatuses", "Never", static _ => false);
        CheckAddresses(errors, status, "podIPs", "status.podIPs");
        if (status.Items("hostIPs").FirstOrDefault() is { } first && first.Text("ip") != (status.Text("hostIP") ?? ""))
        {
            errors.Add(FieldError.Invalid("status.hostIPs[0].ip", first.Text("ip") ?? "", "must be equal to `hostIP`"));
        }

        CheckAddresses(errors, status, "hostIPs", "status.hostIPs");
    }

    /// <summary>A container that ended for good does not come to life again.</summary>
    private static void CheckTransitions(ErrorList errors, JsonObject? status, JsonObject? before, string member, string? policy, Func<string?, bool> restarts)
    {
        if (policy == "Always")
        {
            return;
        }

        foreach (var (was, path) in before.Placed(member, "status"))
        {
            var ended = was.Map("state").Map("terminated");
            if (ended is null || (ended.Whole("exitCode") is not (null or 0) && policy == "OnFailure") || restarts(was.Text("name")))
            {
                continue;
            }

            if (status.Items(member).Any(now => now.Text("name") == was.Text("name") && !now.Map("state").Has("terminated")))
            {
                errors.Add(FieldError.Forbidden(path + ".state", "may not be transitioned to non-terminated state"));
            }
        }
    }

    private static void CheckAddresses(ErrorList errors, JsonObject? status, string member, string path)
    {
        var addresses = status.Items(member).Select(static a => a.Text("ip") ?? "").ToList();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < addresses.Count; i++)
        {
            AddressRules.CheckAddress(errors, addresses[i], $"{path}[{i}]");
            if (!seen.Add(addresses[i]))
            {
                errors.Add(FieldError.Duplicate($"{path}[{i}]", status.List(member)![i]));
            }
        }

        if (addresses.Count > 1 && (addresses.Count > 2 || !AddressRules.IsDualStack(addresses)))
        {
            errors.Add(FieldError.Invalid(path, status.List(member), "may specify no more than one IP for each IP family"));
        }
    }
}
