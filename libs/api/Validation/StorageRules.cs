using System.Text.Json.Nodes;
using Kube.Api.Quotas;
using Kube.Api.Serialization;

namespace Kube.Api.Validation;

/// <summary>Rules of claims on volumes and of volumes.</summary>
internal static class StorageRules
{
    /// <summary>What a volume's spec has beside its source.</summary>
    private static readonly HashSet<string> NoSources = new(StringComparer.Ordinal)
    {
        "capacity", "accessModes", "claimRef", "persistentVolumeReclaimPolicy", "storageClassName", "mountOptions", "volumeMode", "nodeAffinity", "volumeAttributesClassName",
    };

    internal static void CheckClaim(ErrorList errors, JsonObject claim)
    {
        var spec = claim.Map("spec");
        WorkloadRules.CheckLabelSelector(errors, spec.Map("selector"), "spec.selector");
        CheckModes(errors, spec, "at least 1 access mode is required");
        var requests = spec.Map("resources").Map("requests");
        if (requests.Has("storage"))
        {
            CheckPositive(errors, requests!, "spec.resources[storage]");
        }
        else
        {
            errors.Add(FieldError.Required("spec.resources[storage]"));
        }

        CheckClass(errors, spec);
    }

    internal static void CheckVolume(ErrorList errors, JsonObject volume)
    {
        var spec = volume.Map("spec");
        CheckModes(errors, spec, "");
        var capacity = spec.Map("capacity");
        if (capacity is null or { Count: 0 })
        {
            errors.Add(FieldError.Required("spec.capacity"));
        }
        else if (!capacity.Has("storage") || capacity.Count > 1)
        {
            errors.Add(FieldError.NotSupported("spec.capacity", capacity, ["storage"]));
        }
        else
        {
            CheckPositive(errors, capacity, "spec.capacity[storage]");
        }

        var sources = (spec ?? []).Where(static member => member.Value is not null && !NoSources.Contains(member.Key)).Select(static member => member.Key).ToList();
        if (sources.Count == 0)
        {
            errors.Add(FieldError.Required("spec", "must specify a volume type"));
        }

        foreach (var source in sources.Skip(1))
        {
            errors.Add(FieldError.Forbidden("spec." + source, "may not specify more than 1 volume type"));
        }

        CheckClass(errors, spec);
    }

    private static void CheckModes(ErrorList errors, JsonObject? spec, string required)
    {
        var modes = spec.Texts("accessModes").ToList();
        if (modes.Count == 0)
        {
            errors.Add(FieldError.Required("spec.accessModes", required));
        }
        else if (modes.Count > 1 && modes.Contains("ReadWriteOncePod"))
        {
            errors.Add(FieldError.Forbidden("spec.accessModes", "may not use ReadWriteOncePod with other access modes"));
        }
    }

    private static void CheckPositive(ErrorList errors, JsonObject amounts, string path)
    {
        if (ResourceAmounts.Read(amounts).TryGetValue("storage", out var storage) && storage.Sign <= 0)
        {
            errors.Add(FieldError.Invalid(path, storage.ToString(), "must be greater than zero"));
        }
    }

    private static void CheckClass(ErrorList errors, JsonObject? spec)
    {
        if (spec.Text("storageClassName") is { Length: > 0 } name)
        {
            errors.AddInvalid("spec.storageClassName", name, NameRules.DnsSubdomain(name));
        }
    }
}
