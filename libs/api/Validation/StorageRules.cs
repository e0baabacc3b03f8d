using System.Text.Json.Nodes;
using Kube.Api.Patch;
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

    internal static void CheckClaim(ErrorList errors, JsonObject claim) => CheckClaimSpec(errors, claim.Map("spec"), "spec");

    /// <summary>A claim that is made for a pod: of its metadata, labels and annotations alone are the user's to set.</summary>
    internal static void CheckClaimTemplate(ErrorList errors, JsonObject template, string path)
    {
        var metadata = template.Map("metadata");
        MetadataRules.CheckAnnotations(errors, metadata.Map("annotations"), path + ".metadata.annotations");
        MetadataRules.CheckLabels(errors, metadata.Map("labels"), path + ".metadata.labels");
        foreach (var (field, node) in metadata ?? [])
        {
            if (field is not ("annotations" or "labels" or "creationTimestamp") && node is not null)
            {
                errors.Add(FieldError.Forbidden($"{path}.metadata.{field}", "cannot be set"));
            }
        }

        CheckClaimSpec(errors, template.Map("spec"), path + ".spec");
    }

    private static void CheckClaimSpec(ErrorList errors, JsonObject? spec, string path)
    {
        if (!spec.Texts("accessModes").Any())
        {
            errors.Add(FieldError.Required(path + ".accessModes", "at least 1 access mode is required"));
        }

        WorkloadRules.CheckLabelSelector(errors, spec.Map("selector"), path + ".selector");
        CheckModes(errors, spec, path);
        var storage = $"{path}.resources[storage]";
        if (!ResourceAmounts.Read(spec.Map("resources").Map("requests")).TryGetValue("storage", out var size))
        {
            errors.Add(FieldError.Required(storage));
        }
        else if (size.Sign <= 0)
        {
            errors.Add(FieldError.Invalid(storage, size.ToString(), "must be greater than zero"));
        }

        CheckClassAndMode(errors, spec, path);
        CheckDataSources(errors, spec, path);
    }

    private static void CheckDataSources(ErrorList errors, JsonObject? spec, string path)
    {
        foreach (var member in (string[])["dataSource", "dataSourceRef"])
        {
            if (spec.Map(member) is not { } source)
            {
                continue;
            }

            var at = $"{path}.{member}";
            var (group, kind) = (source.Text("apiGroup") ?? "", source.Text("kind") ?? "");
            errors.Require(at + ".name", source.Text("name"));
            errors.Require(at + ".kind", kind);
            if (group.Length == 0 && kind != "PersistentVolumeClaim")
            {
                errors.Add(FieldError.Invalid(at, kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup"));
            }

            if (group.Length > 0)
            {
                errors.AddInvalid(at + ".apiGroup", group, NameRules.DnsSubdomain(group));
            }

            if (member == "dataSourceRef" && source.Text("namespace") is { Length: > 0 } ns)
            {
                errors.AddInvalid(at + ".namespace", ns, NameRules.DnsLabel(ns));
            }
        }

        if (spec.Map("dataSource") is not { } first || spec.Map("dataSourceRef") is not { } second)
        {
            return;
        }

        if (second.Text("namespace") is { Length: > 0 })
        {
            errors.Add(FieldError.Invalid(path, new RawText(path + ".dataSource"), "may not be specified when dataSourceRef.namespace is specified"));
        }
        else if (((string[])["apiGroup", "kind", "name"]).Any(f => first.Text(f) != second.Text(f)))
        {
            errors.Add(FieldError.Invalid(path, new RawText(path + ".dataSource"), "must match dataSourceRef"));
        }
    }

    /// <summary>A claim stays what it is, but for its volume (once), its class (once) and, when bound, its size (up).</summary>
    internal static void CheckClaimUpdate(ErrorList errors, JsonObject claim, JsonObject old)
    {
        var (spec, before) = (claim.Map("spec"), old.Map("spec"));
        var (now, then) = ((JsonObject?)spec?.DeepClone() ?? [], (JsonObject?)before?.DeepClone() ?? []);
        if (string.IsNullOrEmpty(before.Text("volumeName")))
        {
            now.Remove("volumeName");
            then.Remove("volumeName");
        }

        if (!before.Has("storageClassName") && spec.Has("storageClassName"))
        {
            now.Remove("storageClassName");
        }

        if (old.Map("status").Text("phase") == "Bound" && now.Map("resources").Map("requests") is { } requests)
        {
            requests["storage"] = then.Map("resources").Map("requests")?["storage"]?.DeepClone();
        }

        if (!JsonNode.DeepEquals(now, then))
        {
            errors.Add(FieldError.Forbidden("spec",
                "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n" + MergePatch.Diff(then, now).ToJsonString()));
        }

        CheckSize(errors, spec, before, old);
        if (!JsonNode.DeepEquals(spec?["volumeMode"], before?["volumeMode"]))
        {
            errors.Add(FieldError.Invalid("volumeMode", spec?["volumeMode"], "field is immutable"));
        }
    }

    /// <summary>What was asked for and not given may be taken back; what is there may not.</summary>
    private static void CheckSize(ErrorList errors, JsonObject? spec, JsonObject? before, JsonObject old)
    {
        var size = ResourceAmounts.Read(spec.Map("resources").Map("requests")).GetValueOrDefault("storage");
        var had = ResourceAmounts.Read(before.Map("resources").Map("requests")).GetValueOrDefault("storage");
        var given = ResourceAmounts.Read(old.Map("status").Map("capacity")).GetValueOrDefault("storage");
        if (size < had && size <= given)
        {
            errors.Add(FieldError.Forbidden("spec.resources.requests.storage", "field can not be less than status.capacity"));
        }
    }

    internal static void CheckVolume(ErrorList errors, JsonObject volume)
    {
        var spec = volume.Map("spec");
        if (!spec.Texts("accessModes").Any())
        {
            errors.Add(FieldError.Required("spec.accessModes"));
        }

        CheckModes(errors, spec, "spec");
        CheckCapacity(errors, spec);
        if (spec.Map("nodeAffinity") is { } affinity)
        {
            if (affinity.Map("required") is { } required)
            {
                PodRules.CheckNodeSelector(errors, required, "spec.nodeAffinity.required");
            }
            else
            {
                errors.Add(FieldError.Required("spec.nodeAffinity.required", "must specify required node constraints"));
            }
        }

        var kinds = (spec ?? []).Where(static member => member.Value is JsonObject && !NoSources.Contains(member.Key)).Select(static member => member.Key).ToList();
        if (kinds.Count == 0)
        {
            errors.Add(FieldError.Required("spec", "must specify a volume type"));
        }
        else
        {
            CheckVolumeSource(errors, volume, spec, kinds[0]);
        }

        foreach (var kind in kinds.Skip(1))
        {
            errors.Add(FieldError.Forbidden("spec." + kind, "may not specify more than 1 volume type"));
        }

        if (spec.Map("hostPath").Text("path") is { Length: > 0 } path && path.Trim('/', '.').Length == 0 && spec.Text("persistentVolumeReclaimPolicy") == "Recycle")
        {
            errors.Add(FieldError.Forbidden("spec.persistentVolumeReclaimPolicy", "may not be 'recycle' for a hostPath mount of '/'"));
        }

        CheckClassAndMode(errors, spec, "spec");
    }

    private static void CheckCapacity(ErrorList errors, JsonObject? spec)
    {
        var capacity = spec.Map("capacity");
        if (capacity is null or { Count: 0 })
        {
            errors.Add(FieldError.Required("spec.capacity"));
        }

        if (!capacity.Has("storage") || capacity!.Count > 1)
        {
            errors.Add(FieldError.NotSupported("spec.capacity", capacity is null ? new RawText("core.ResourceList(nil)") : capacity, ["storage"]));
        }

        foreach (var (name, amount) in ResourceAmounts.Read(capacity))
        {
            if (amount.Sign < 0)
            {
                errors.Add(FieldError.Invalid($"spec.capacity[{name}]", amount.Value(), "must be a valid resource quantity"));
            }

            if (amount.Sign <= 0)
            {
                errors.Add(FieldError.Invalid($"spec.capacity[{name}]", amount.ToString(), "must be greater than zero"));
            }
        }
    }

    private static void CheckVolumeSource(ErrorList errors, JsonObject volume, JsonObject? spec, string kind)
    {
        var (source, path) = (spec.Map(kind)!, "spec." + kind);
        switch (kind)
        {
            case "local":
                if (errors.Require(path + ".path", source.Text("path")))
                {
                    VolumeRules.CheckNoBacksteps(errors, source.Text("path")!, path + ".path");
                }

                if (!spec.Has("nodeAffinity"))
                {
                    errors.Add(FieldError.Required("spec.nodeAffinity", "Local volume requires node affinity"));
                }

                return;
            case "csi":
                errors.Require(path + ".volumeHandle", source.Text("volumeHandle"));
                foreach (var field in (string[])["controllerPublishSecretRef", "controllerExpandSecretRef", "nodePublishSecretRef", "nodeExpandSecretRef"])
                {
                    CheckSecret(errors, source.Map(field), $"{path}.{field}");
                }

                break;
            case "iscsi" when source.Text("initiatorName") is not null
                && $"{volume.Map("metadata").Text("name")}:{source.Text("targetPortal")}".Length > VolumeRules.MaxPortalLength:
                errors.Add(FieldError.Invalid(path + ".targetportal", source.Text("targetPortal") ?? "", VolumeRules.PortalTooLong));
                break;
            case "cinder" or "storageos" when source.Map("secretRef") is { } secret:
                errors.Require(path + ".secretRef.namespace", secret.Text("namespace"));
                break;
            case "azureFile" when source.Text("secretNamespace") is { Length: 0 }:
                errors.Add(FieldError.Required(path + ".secretNamespace"));
                break;
            case "glusterfs" when source.Text("endpointsNamespace") is { } ns:
                if (ns.Length == 0)
                {
                    errors.Add(FieldError.Invalid(path + ".endpointsNamespace", ns, "if the endpointnamespace is set, it must be a valid namespace name"));
                }
                else
                {
                    errors.AddInvalid(path + ".endpointsNamespace", ns, NameRules.DnsLabel(ns));
                }

                break;
        }

        VolumeRules.CheckSource(errors, kind, source, path);
    }

    private static void CheckSecret(ErrorList errors, JsonObject? secret, string path)
    {
        if (secret is null)
        {
            return;
        }

        if (errors.Require(path + ".name", secret.Text("name")))
        {
            errors.AddInvalid(path + ".name", secret.Text("name"), NameRules.DnsSubdomain(secret.Text("name")!));
        }

        if (errors.Require(path + ".namespace", secret.Text("namespace")))
        {
            errors.AddInvalid(path + ".namespace", secret.Text("namespace"), NameRules.DnsLabel(secret.Text("namespace")!));
        }
    }

    /// <summary>What a volume is made of does not change; where it can be reached from is said once.</summary>
    internal static void CheckVolumeUpdate(ErrorList errors, JsonObject volume, JsonObject old)
    {
        var (now, then) = (SourceOf(volume), SourceOf(old));
        if (then.Map("csi") is { } before && !before.Has("controllerExpandSecretRef"))
        {
            now.Map("csi")?.Remove("controllerExpandSecretRef");
        }

        if (!JsonNode.DeepEquals(now, then))
        {
            errors.Add(FieldError.Forbidden(
                "spec.persistentvolumesource", "spec.persistentvolumesource is immutable after creation\n" + MergePatch.Diff(then, now).ToJsonString()));
        }

        var (spec, had) = (volume.Map("spec"), old.Map("spec"));
        if (!JsonNode.DeepEquals(spec?["volumeMode"], had?["volumeMode"]))
        {
            errors.Add(FieldError.Invalid("volumeMode", spec?["volumeMode"], "field is immutable"));
        }

        if (had.Has("nodeAffinity") && !JsonNode.DeepEquals(spec?["nodeAffinity"], had?["nodeAffinity"]))
        {
            errors.Add(FieldError.Invalid("nodeAffinity", spec?["nodeAffinity"], "field is immutable, except for updating from beta label to GA"));
        }

        static JsonObject SourceOf(JsonObject volume) =>
            new((volume.Map("spec") ?? []).Where(static m => m.Value is JsonObject && !NoSources.Contains(m.Key)).Select(static m => KeyValuePair.Create(m.Key, m.Value?.DeepClone())));
    }

    private static void CheckModes(ErrorList errors, JsonObject? spec, string path)
    {
        var modes = spec.Texts("accessModes").ToList();
        foreach (var mode in modes.Where(static m => m is not ("ReadOnlyMany" or "ReadWriteMany" or "ReadWriteOnce" or "ReadWriteOncePod")))
        {
            errors.Add(FieldError.NotSupported(path + ".accessModes", mode, ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"]));
        }

        if (modes.Contains("ReadWriteOncePod") && modes.Exists(static m => m is "ReadOnlyMany" or "ReadWriteMany" or "ReadWriteOnce"))
        {
            errors.Add(FieldError.Forbidden(path + ".accessModes", "may not use ReadWriteOncePod with other access modes"));
        }
    }

    private static void CheckClassAndMode(ErrorList errors, JsonObject? spec, string path)
    {
        if (spec.Text("storageClassName") is { Length: > 0 } name)
        {
            errors.AddInvalid(path + ".storageClassName", name, NameRules.DnsSubdomain(name));
        }

        if (spec.Text("volumeMode") is { } mode && mode is not ("Block" or "Filesystem"))
        {
            errors.Add(FieldError.NotSupported(path + ".volumeMode", mode, ["Block", "Filesystem"]));
        }
    }
}
