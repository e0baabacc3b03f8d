using System.Text.Json.Nodes;
using Kube.Api.Quotas;
using Kube.Api.Serialization;

namespace Kube.Api.Validation;

/// <summary>Rules of nodes, of what runs pods on them, of namespaces and of leases.</summary>
internal static class NodeRules
{
    /// <summary>Faults of taints are told of the metadata, as Kubernetes does.</summary>
    internal static void Check(ErrorList errors, JsonObject node)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var ((taint, place), i) in node.Map("spec").Placed("taints", "spec").Select(static (taint, i) => (taint, i)))
        {
            var path = $"metadata.taints[{i}]";
            errors.Judged(place + ".effect");
            var key = taint.Text("key") ?? "";
            errors.AddInvalid(path + ".key", key, NameRules.QualifiedName(key));
            if (NameRules.LabelValue(taint.Text("value") ?? "") is { Count: > 0 } faults)
            {
                errors.Add(FieldError.Invalid(path + ".value", taint.Text("value"), string.Join(';', faults)));
            }

            errors.OneOf(path + ".effect", taint.Text("effect"), "NoSchedule", "PreferNoSchedule", "NoExecute");
            if (!seen.Add(key + ":" + taint.Text("effect")))
            {
                errors.Add(FieldError.Duplicate(path, taint, "taints must be unique by key and effect pair"));
            }
        }

        CheckResources(errors, node, node);
        CheckRanges(errors, node.Map("spec"));
    }

    private static void CheckRanges(ErrorList errors, JsonObject? spec)
    {
        const string path = "spec.podCIDRs";
        foreach (var (range, at) in spec.PlacedTexts("podCIDRs", "spec"))
        {
            AddressRules.CheckRange(errors, range, at);
        }

        var ranges = spec.Texts("podCIDRs").ToList();
        if (ranges.Count > 1 && (ranges.Count > 2 || !AddressRules.IsDualStack([.. ranges.Select(static r => r.Split('/')[0])])))
        {
            errors.Add(FieldError.Invalid(path, ranges, "may specify no more than one CIDR for each IP family"));
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (range, at) in spec.PlacedTexts("podCIDRs", "spec").Where(r => !seen.Add(r.Text)))
        {
            errors.Add(FieldError.Duplicate(at, range));
        }
    }

    /// <summary>What a node has, and addresses of which none is there twice.</summary>
    internal static void CheckResources(ErrorList errors, JsonObject node, JsonObject old)
    {
        foreach (var member in (string[])["capacity", "allocatable"])
        {
            foreach (var (name, amount) in ResourceAmounts.Read(node.Map("status").Map(member)))
            {
                ResourceRules.CheckAmount(errors, name, amount, $"status.{member}.{name}");
            }
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (address, path) in node.Map("status").Placed("addresses", "status"))
        {
            if (!seen.Add($"{address.Text("type")} {address.Text("address")}"))
            {
                errors.Add(FieldError.Duplicate(path, address));
            }
        }
    }

    internal static void CheckUpdate(ErrorList errors, JsonObject node, JsonObject old)
    {
        var had = old.Map("spec").Texts("podCIDRs").ToList();
        if (had.Count > 0 && !had.SequenceEqual(node.Map("spec").Texts("podCIDRs")))
        {
            errors.Add(FieldError.Forbidden("spec.podCIDRs", "node updates may not change podCIDR except from \"\" to valid"));
        }

        if (old.Map("spec").Text("providerID") is { Length: > 0 } provider && provider != node.Map("spec").Text("providerID"))
        {
            errors.Add(FieldError.Forbidden("spec.providerID", "node updates may not change providerID except from \"\" to valid"));
        }
    }

    internal static void CheckNamespace(ErrorList errors, JsonObject ns)
    {
        foreach (var finalizer in ns.Map("spec").Texts("finalizers"))
        {
            errors.AddInvalid("spec.finalizers", finalizer, NameRules.QualifiedName(finalizer));
            MetadataRules.CheckKubernetesFinalizer(errors, finalizer, "spec.finalizers");
        }
    }

    internal static void CheckRuntimeClass(ErrorList errors, JsonObject runtimeClass)
    {
        var handler = runtimeClass.Text("handler") ?? "";
        errors.AddInvalid("handler", handler, NameRules.DnsLabel(handler));
        if (runtimeClass.Map("overhead").Map("podFixed") is { } overhead)
        {
            ResourceRules.CheckRequirements(errors, new JsonObject { ["limits"] = overhead.DeepClone() }, [], "overhead");
        }

        if (runtimeClass.Map("scheduling") is { } scheduling)
        {
            MetadataRules.CheckLabels(errors, scheduling.Map("nodeSelector"), "scheduling.nodeSelector");
            PodRules.CheckTolerations(errors, scheduling, "scheduling");
        }
    }

    internal static void CheckLease(ErrorList errors, JsonObject lease)
    {
        var spec = lease.Map("spec");
        if (spec.Whole("leaseDurationSeconds") is <= 0 and var seconds)
        {
            errors.Add(FieldError.Invalid("spec.leaseDurationSeconds", seconds, "must be greater than 0"));
        }

        errors.NonNegative("spec.leaseTransitions", spec.Whole("leaseTransitions"));
    }
}
