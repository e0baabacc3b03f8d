using System.Text;
using System.Text.Json.Nodes;
using Kube.Api.Quotas;
using Kube.Api.Serialization;

namespace Kube.Api.Validation;

/// <summary>Rules of the storage group: classes, drivers, what they say of nodes, and attachments.</summary>
internal static class StorageClassRules
{
    private const int MaxParameters = 512;
    private const int MaxParametersSizeBytes = 256 * 1024;
    private const int MaxNodeIdLength = 192;

    internal static void CheckClass(ErrorList errors, JsonObject storageClass)
    {
        var provisioner = storageClass.Text("provisioner") ?? "";
        if (errors.Require("provisioner", provisioner))
        {
            errors.AddInvalid("provisioner", provisioner, NameRules.QualifiedName(provisioner.ToLowerInvariant()));
        }

        CheckParameters(errors, storageClass.Map("parameters"));
        if (storageClass.Text("reclaimPolicy") is { Length: > 0 } policy)
        {
            errors.OneOf("reclaimPolicy", policy, "Delete", "Retain");
        }

        errors.OneOf("volumeBindingMode", storageClass.Text("volumeBindingMode"), "Immediate", "WaitForFirstConsumer");
        foreach (var (term, path) in storageClass.Items("allowedTopologies").Select(static (term, i) => (term, $"allowedTopologies[{i}]")))
        {
            CheckTopology(errors, term, path);
        }
    }

    private static void CheckParameters(ErrorList errors, JsonObject? parameters)
    {
        if (parameters?.Count > MaxParameters)
        {
            errors.Add(FieldError.TooLong("parameters", MaxParameters));
            return;
        }

        var sizeBytes = 0L;
        foreach (var (key, value) in parameters ?? [])
        {
            if (key.Length == 0)
            {
                errors.Add(FieldError.Invalid("parameters", key, "field can not be empty."));
            }

            sizeBytes += Encoding.UTF8.GetByteCount(key) + Encoding.UTF8.GetByteCount((string?)value ?? "");
        }

        if (sizeBytes > MaxParametersSizeBytes)
        {
            errors.Add(FieldError.TooLong("parameters", MaxParametersSizeBytes));
        }
    }

    private static void CheckTopology(ErrorList errors, JsonObject term, string path)
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (requirement, at) in term.Placed("matchLabelExpressions", path))
        {
            if (!requirement.Texts("values").Any())
            {
                errors.Add(FieldError.Required(at + ".values"));
            }

            var values = new HashSet<string>(StringComparer.Ordinal);
            foreach (var (value, place) in requirement.PlacedTexts("values", at).Where(v => !values.Add(v.Text)))
            {
                errors.Add(FieldError.Duplicate(place, value));
            }

            var key = requirement.Text("key") ?? "";
            errors.AddInvalid(at + ".key", key, NameRules.QualifiedName(key));
            if (!keys.Add(key))
            {
                errors.Add(FieldError.Duplicate(at + ".key", key));
            }
        }
    }

    internal static void CheckClassUpdate(ErrorList errors, JsonObject storageClass, JsonObject old)
    {
        foreach (var field in (string[])["parameters", "provisioner", "reclaimPolicy"])
        {
            if (!JsonNode.DeepEquals(storageClass[field], old[field]))
            {
                errors.Judged(field);
                errors.Add(FieldError.Forbidden(field, $"updates to {field} are forbidden."));
            }
        }

        if (storageClass.Text("volumeBindingMode") != old.Text("volumeBindingMode"))
        {
            errors.Add(FieldError.Invalid("volumeBindingMode", storageClass.Text("volumeBindingMode"), "field is immutable"));
        }
    }

    internal static void CheckAttachment(ErrorList errors, JsonObject attachment)
    {
        const string exactlyOne = "must specify exactly one of inlineVolumeSpec and persistentVolumeName";
        var spec = attachment.Map("spec");
        VolumeRules.CheckDriverName(errors, spec.Text("attacher") ?? "", "spec.attacher");
        var source = spec.Map("source");
        var name = source.Text("persistentVolumeName");
        if (name is null && !source.Has("inlineVolumeSpec"))
        {
            errors.Add(FieldError.Required("spec.source", exactlyOne));
        }
        else if (name is not null && source.Has("inlineVolumeSpec"))
        {
            errors.Add(FieldError.Forbidden("spec.source", exactlyOne));
        }
        else if (name is not null && errors.Require("spec.source.persistentVolumeName", name, "must specify non empty persistentVolumeName"))
        {
            errors.AddInvalid("spec.source.persistentVolumeName", name, NameRules.DnsSubdomain(name));
        }

        errors.AddInvalid("spec.nodeName", spec.Text("nodeName") ?? "", NameRules.DnsSubdomain(spec.Text("nodeName") ?? ""));
    }

    internal static void CheckAttachmentUpdate(ErrorList errors, JsonObject attachment, JsonObject old)
    {
        if (!JsonNode.DeepEquals(attachment["spec"], old["spec"]))
        {
            errors.Add(FieldError.Invalid("spec", attachment["spec"], "field is immutable"));
        }
    }

    internal static void CheckNode(ErrorList errors, JsonObject node)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (driver, path) in node.Map("spec").Placed("drivers", "spec"))
        {
            var (name, id) = (driver.Text("name") ?? "", driver.Text("nodeID") ?? "");
            VolumeRules.CheckDriverName(errors, name, path + ".name");
            errors.Require(path + ".nodeID", id);
            if (id.Length > MaxNodeIdLength)
            {
                errors.Add(FieldError.Invalid(path + ".nodeID", id, $"must be {MaxNodeIdLength} characters or less"));
            }

            errors.NonNegative(path + ".allocatable.count", driver.Map("allocatable").Whole("count"));
            if (!names.Add(name))
            {
                errors.Add(FieldError.Duplicate(path + ".name", name));
            }

            var keys = new HashSet<string>(StringComparer.Ordinal);
            foreach (var key in driver.Texts("topologyKeys"))
            {
                errors.Require(path, key);
                if (!keys.Add(key))
                {
                    errors.Add(FieldError.Duplicate(path, key));
                }

                errors.AddInvalid(path, key, NameRules.QualifiedName(key));
            }
        }
    }

    internal static void CheckNodeUpdate(ErrorList errors, JsonObject node, JsonObject old)
    {
        foreach (var was in old.Map("spec").Items("drivers"))
        {
            foreach (var now in node.Map("spec").Items("drivers").Where(d => d.Text("name") == was.Text("name") && !JsonNode.DeepEquals(d, was)))
            {
                errors.Add(FieldError.Invalid("spec.drivers", now, "field is immutable"));
            }
        }
    }

    internal static void CheckDriver(ErrorList errors, JsonObject driver)
    {
        var spec = driver.Map("spec");
        foreach (var (field, shown) in new[] { ("attachRequired", "attachedRequired"), ("podInfoOnMount", "podInfoOnMount"), ("storageCapacity", "storageCapacity") })
        {
            if (!spec.Has(field))
            {
                errors.Add(FieldError.Required("spec." + shown));
            }
        }

        if (spec.Text("fsGroupPolicy") is { } policy)
        {
            errors.OneOf("spec.fsGroupPolicy", policy, "File", "None", "ReadWriteOnceWithFSType");
        }

        var audiences = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (request, path) in spec.Placed("tokenRequests", "spec"))
        {
            var seconds = request.Whole("expirationSeconds");
            if (!audiences.Add(request.Text("audience") ?? ""))
            {
                errors.Add(FieldError.Duplicate(path + ".audience", request.Text("audience") ?? ""));
            }
            else if (seconds < 600)
            {
                errors.Add(FieldError.Invalid(path + ".expirationSeconds", seconds, "may not specify a duration less than 10 minutes"));
            }
            else if (seconds > 1L << 32)
            {
                errors.Add(FieldError.Invalid(path + ".expirationSeconds", seconds, "may not specify a duration larger than 2^32 seconds"));
            }
        }

        foreach (var mode in spec.Texts("volumeLifecycleModes").Where(static m => m is not ("Persistent" or "Ephemeral")))
        {
            errors.Add(FieldError.NotSupported("spec.volumeLifecycleModes", mode, ["Persistent", "Ephemeral"]));
        }
    }

    internal static void CheckDriverUpdate(ErrorList errors, JsonObject driver, JsonObject old)
    {
        foreach (var (field, shown) in new[] { ("attachRequired", "attachedRequired"), ("volumeLifecycleModes", "volumeLifecycleModes") })
        {
            if (!JsonNode.DeepEquals(driver.Map("spec")?[field], old.Map("spec")?[field]))
            {
                errors.Add(FieldError.Invalid("spec." + shown, driver.Map("spec")?[field], "field is immutable"));
            }
        }
    }

    internal static void CheckCapacity(ErrorList errors, JsonObject capacity)
    {
        WorkloadRules.CheckLabelSelector(errors, capacity.Map("nodeTopology"), "nodeTopology");
        var name = capacity.Text("storageClassName") ?? "";
        errors.AddInvalid("storageClassName", name, NameRules.DnsSubdomain(name));
        if (ResourceAmounts.Read(new JsonObject { ["capacity"] = capacity["capacity"]?.DeepClone() }).TryGetValue("capacity", out var amount) && amount.Sign < 0)
        {
            errors.Add(FieldError.Invalid("capacity", amount.ToString(), "must be greater than or equal to 0"));
        }
    }

    internal static void CheckCapacityUpdate(ErrorList errors, JsonObject capacity, JsonObject old)
    {
        foreach (var field in (string[])["nodeTopology", "storageClassName"])
        {
            if (!JsonNode.DeepEquals(capacity[field], old[field]))
            {
                errors.Add(FieldError.Invalid(field, field == "nodeTopology" ? GoPrint.LabelSelector(capacity.Map(field)) : capacity[field], "field is immutable"));
            }
        }
    }
}
