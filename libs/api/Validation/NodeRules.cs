using System.Text.Json.Nodes;
using Kube.Api.Serialization;

namespace Kube.Api.Validation;

/// <summary>Rules of nodes, leases and events.</summary>
internal static class NodeRules
{
    internal static void Check(ErrorList errors, JsonObject node)
    {
        var i = 0;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var taint in node.Map("spec").Items("taints"))
        {
            var path = $"spec.taints[{i++}]";
            var key = taint.Text("key") ?? "";
            errors.AddInvalid(path + ".key", key, NameRules.QualifiedName(key));
            errors.AddInvalid(path + ".value", taint.Text("value"), NameRules.LabelValue(taint.Text("value") ?? ""));
            errors.OneOf(path + ".effect", taint.Text("effect"), "NoSchedule", "PreferNoSchedule", "NoExecute");
            if (!seen.Add(key + ":" + taint.Text("effect")))
            {
                errors.Add(FieldError.Duplicate(path, taint));
            }
        }
    }

    internal static void CheckUpdate(ErrorList errors, JsonObject node, JsonObject old)
    {
        foreach (var field in (string[])["podCIDR", "providerID"])
        {
            var before = old.Map("spec").Text(field);
            if (!string.IsNullOrEmpty(before) && before != node.Map("spec").Text(field))
            {
                errors.Add(FieldError.Forbidden("spec." + field, $"node updates may not change {field} except from \"\" to valid"));
            }
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
