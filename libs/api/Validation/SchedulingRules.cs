using System.Text.Json.Nodes;
using Kube.Api.Scheduling;
using Kube.Api.Serialization;

namespace Kube.Api.Validation;

/// <summary>Rules of priority classes.</summary>
internal static class SchedulingRules
{
    internal static void CheckPriorityClass(ErrorList errors, JsonObject priorityClass)
    {
        var name = priorityClass.Map("metadata").Text("name") ?? "";
        var value = priorityClass.Whole("value") ?? 0;
        if (name.StartsWith(SystemPriorityClasses.Prefix, StringComparison.Ordinal))
        {
            if (FaultOf(name, value, priorityClass.Flag("globalDefault") ?? false) is { } fault)
            {
                errors.Add(FieldError.Forbidden(
                    "metadata.name", $"priority class names with '{SystemPriorityClasses.Prefix}' prefix are reserved for system use only. error: {fault}"));
            }
        }
        else if (value > SystemPriorityClasses.HighestUserDefinable)
        {
            errors.Add(FieldError.Forbidden("value", $"maximum allowed value of a user defined priority is {SystemPriorityClasses.HighestUserDefinable}"));
        }

        if (priorityClass.Text("preemptionPolicy") is { } policy)
        {
            errors.OneOf("preemptionPolicy", policy, "PreemptLowerPriority", "Never");
        }
    }

    /// <summary>What a class stands for never changes; the rest of an update is not looked at.</summary>
    internal static void CheckPriorityClassUpdate(ErrorList errors, JsonObject priorityClass, JsonObject old)
    {
        if ((priorityClass.Whole("value") ?? 0) != (old.Whole("value") ?? 0))
        {
            errors.Add(FieldError.Forbidden("value", "may not be changed in an update."));
        }

        if (priorityClass.Text("preemptionPolicy") != old.Text("preemptionPolicy"))
        {
            errors.Add(FieldError.Invalid("preemptionPolicy", priorityClass.Text("preemptionPolicy"), "field is immutable"));
        }
    }

    /// <summary>What keeps a class from being the cluster's own of that name; null for nothing.</summary>
    private static string? FaultOf(string name, long value, bool isDefault)
    {
        if (SystemPriorityClasses.Find(name) is not { } known)
        {
            return $"{name} is not a known system priority class";
        }

        if (value != known.Value)
        {
            return $"value of {name} PriorityClass must be {known.Value}";
        }

        return isDefault ? $"globalDefault of {name} PriorityClass must be false" : null;
    }
}
