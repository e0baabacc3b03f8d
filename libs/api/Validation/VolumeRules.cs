using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Kube.Api.Serialization;

namespace Kube.Api.Validation;

/// <summary>Rules of what can be in a volume of a pod or in a persistent volume.</summary>
internal static partial class VolumeRules
{
    internal const int MaxPortalLength = 64;
    internal const string PortalTooLong = "Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.";

    private const string Registry = "must be a host:port pair or multiple pairs separated by commas";

    /// <summary>Fields that a source cannot do without, where that is all there is to say.</summary>
    private static readonly Dictionary<string, string[]> Needed = new(StringComparer.Ordinal)
    {
        ["gcePersistentDisk"] = ["pdName"],
        ["awsElasticBlockStore"] = ["volumeID"],
        ["secret"] = ["secretName"],
        ["configMap"] = ["name"],
        ["persistentVolumeClaim"] = ["claimName"],
        ["glusterfs"] = ["endpoints", "path"],
        ["rbd"] = ["image"],
        ["cinder"] = ["volumeID"],
        ["flexVolume"] = ["driver"],
        ["azureFile"] = ["secretName", "shareName"],
        ["azureDisk"] = ["diskName", "diskURI"],
        ["vsphereVolume"] = ["volumePath"],
        ["photonPersistentDisk"] = ["pdID"],
        ["portworxVolume"] = ["volumeID"],
        ["scaleIO"] = ["gateway", "system", "volumeName"],
    };

    /// <summary>A source as it may stand in a pod and, but for references to secrets, in a persistent volume.</summary>
    internal static void CheckSource(ErrorList errors, string kind, JsonObject source, string path)
    {
        // The name that Kubernetes gives the disk in its faults is its own.
        var needing = kind == "gcePersistentDisk" ? path[..^kind.Length] + "persistentDisk" : path;
        foreach (var field in Needed.GetValueOrDefault(kind, []))
        {
            errors.Require($"{needing}.{field}", source.Text(field));
        }

        switch (kind)
        {
            case "hostPath":
                CheckHostPath(errors, source, path);
                break;
            case "gitRepo":
                errors.Require(path + ".repository", source.Text("repository"));
                CheckDescendingPath(errors, source.Text("directory") ?? "", path + ".directory");
                break;
            case "gcePersistentDisk" or "awsElasticBlockStore":
                if (source.Whole("partition") is { } partition and (< 0 or > 255))
                {
                    errors.Add(FieldError.Invalid(needing + ".partition", partition, "must be between 1 and 255, inclusive"));
                }

                break;
            case "secret" or "configMap":
                CheckMode(errors, source, "defaultMode", path);
                foreach (var (item, at) in source.Placed("items", path))
                {
                    CheckKeyToPath(errors, item, at);
                }

                break;
            case "nfs":
                errors.Require(path + ".server", source.Text("server"));
                errors.Require(path + ".path", source.Text("path"));
                if (!(source.Text("path") ?? "").StartsWith('/'))
                {
                    errors.Add(FieldError.Invalid(path + ".path", source.Text("path") ?? "", "must be an absolute path"));
                }

                break;
            case "csi":
                CheckDriverName(errors, source.Text("driver") ?? "", path + ".driver");
                break;
            default:
                CheckRareSource(errors, kind, source, path);
                break;
        }

        if (kind is "cinder" or "storageos" && source.Map("secretRef") is { } secret)
        {
            errors.Require(path + ".secretRef.name", secret.Text("name"));
        }
    }

    private static void CheckRareSource(ErrorList errors, string kind, JsonObject source, string path)
    {
        switch (kind)
        {
            case "iscsi":
                CheckIscsi(errors, source, path);
                break;
            case "flocker":
                CheckFlocker(errors, source, path);
                break;
            case "rbd" or "cephfs" when source.List("monitors") is null or { Count: 0 }:
                errors.Add(FieldError.Required(path + ".monitors"));
                break;
            case "quobyte":
                CheckQuobyte(errors, source, path);
                break;
            case "fc":
                CheckFibreChannel(errors, source, path);
                break;
            case "flexVolume":
                CheckFlexOptions(errors, source, path);
                break;
            case "azureDisk":
                CheckAzureDisk(errors, source, path);
                break;
            case "storageos":
                if (errors.Require(path + ".volumeName", source.Text("volumeName")))
                {
                    errors.AddInvalid(path + ".volumeName", source.Text("volumeName"), NameRules.DnsLabel(source.Text("volumeName")!));
                }

                if (source.Text("volumeNamespace") is { Length: > 0 } ns)
                {
                    errors.AddInvalid(path + ".volumeNamespace", ns, NameRules.DnsLabel(ns));
                }

                break;
        }
    }

    internal static void CheckHostPath(ErrorList errors, JsonObject host, string path)
    {
        if (errors.Require(path + ".path", host.Text("path")))
        {
            CheckNoBacksteps(errors, host.Text("path")!, path + ".path");
            if (host.Text("type") is { Length: > 0 } type)
            {
                errors.OneOf(path + ".type", type, "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket");
            }
        }
    }

    /// <summary>The bits of a file's mode.</summary>
    internal static void CheckMode(ErrorList errors, JsonObject source, string member, string path)
    {
        if (source.Whole(member) is { } mode and (< 0 or > 511))
        {
            errors.Add(FieldError.Invalid($"{path}.{member}", mode, "must be a number between 0 and 0777 (octal), both inclusive"));
        }
    }

    internal static void CheckKeyToPath(ErrorList errors, JsonObject item, string path)
    {
        errors.Require(path + ".key", item.Text("key"));
        errors.Require(path + ".path", item.Text("path"));
        CheckUnreservedPath(errors, item.Text("path") ?? "", path + ".path");
        CheckMode(errors, item, "mode", path);
    }

    internal static void CheckNoBacksteps(ErrorList errors, string text, string path)
    {
        if (text.Split('/').Contains(".."))
        {
            errors.Add(FieldError.Invalid(path, text, "must not contain '..'"));
        }
    }

    internal static void CheckDescendingPath(ErrorList errors, string text, string path)
    {
        if (text.StartsWith('/'))
        {
            errors.Add(FieldError.Invalid(path, text, "must be a relative path"));
        }

        CheckNoBacksteps(errors, text, path);
    }

    /// <summary>Names with two dots in front are the kubelet's own.</summary>
    internal static void CheckUnreservedPath(ErrorList errors, string text, string path)
    {
        CheckDescendingPath(errors, text, path);
        if (text.StartsWith("..", StringComparison.Ordinal) && !text.StartsWith("../", StringComparison.Ordinal))
        {
            errors.Add(FieldError.Invalid(path, text, "must not start with '..'"));
        }
    }

    internal static void CheckDriverName(ErrorList errors, string name, string path)
    {
        const int maxLength = 63;
        errors.Require(path, name);
        if (name.Length > maxLength)
        {
            errors.Add(FieldError.TooLong(path, maxLength));
        }

        errors.AddInvalid(path, name, NameRules.DnsSubdomain(name.ToLowerInvariant()));
    }

    private static void CheckIscsi(ErrorList errors, JsonObject source, string path)
    {
        errors.Require(path + ".targetPortal", source.Text("targetPortal"));
        if (errors.Require(path + ".iqn", source.Text("iqn")))
        {
            CheckInitiator(errors, source.Text("iqn")!, path + ".iqn");
        }

        if (source.Whole("lun") is { } lun and (< 0 or > 255))
        {
            errors.Add(FieldError.Invalid(path + ".lun", lun, "must be between 0 and 255, inclusive"));
        }

        if ((source.Flag("chapAuthDiscovery") == true || source.Flag("chapAuthSession") == true) && !source.Has("secretRef"))
        {
            errors.Add(FieldError.Required(path + ".secretRef"));
        }

        if (source.Text("initiatorName") is { } initiator)
        {
            CheckInitiator(errors, initiator, path + ".initiatorname");
        }
    }

    private static void CheckInitiator(ErrorList errors, string name, string path)
    {
        if (!name.StartsWith("iqn", StringComparison.Ordinal) && !name.StartsWith("eui", StringComparison.Ordinal) && !name.StartsWith("naa", StringComparison.Ordinal))
        {
            errors.Add(FieldError.Invalid(path, name, "must be valid format starting with iqn, eui, or naa"));
        }
        else if (!(name[0] switch { 'i' => IqnForm(), 'e' => EuiForm(), _ => NaaForm() }).IsMatch(name))
        {
            errors.Add(FieldError.Invalid(path, name, "must be valid format"));
        }
    }

    private static void CheckFlocker(ErrorList errors, JsonObject source, string path)
    {
        var (name, uuid) = (source.Text("datasetName") ?? "", source.Text("datasetUUID") ?? "");
        if (name.Length == 0 && uuid.Length == 0)
        {
            errors.Add(FieldError.Required(path, "one of datasetName and datasetUUID is required"));
        }

        if (name.Length > 0 && uuid.Length > 0)
        {
            errors.Add(FieldError.Invalid(path, "resource", "datasetName and datasetUUID can not be specified simultaneously"));
        }

        if (name.Contains('/', StringComparison.Ordinal))
        {
            errors.Add(FieldError.Invalid(path + ".datasetName", name, "must not contain '/'"));
        }
    }

    private static void CheckQuobyte(ErrorList errors, JsonObject source, string path)
    {
        var registry = source.Text("registry") ?? "";
        if (registry.Length == 0)
        {
            errors.Add(FieldError.Required(path + ".registry", Registry));
        }
        else if ((source.Text("tenant") ?? "").Length >= 65)
        {
            errors.Add(FieldError.Required(path + ".tenant", "must be a UUID and may not exceed a length of 64 characters"));
        }
        else if (!registry.Split(',').All(static pair => HostAndPort().IsMatch(pair)))
        {
            errors.Add(FieldError.Invalid(path + ".registry", registry, Registry));
        }

        errors.Require(path + ".volume", source.Text("volume"));
    }

    private static void CheckFibreChannel(ErrorList errors, JsonObject source, string path)
    {
        var (targets, ids) = (source.Texts("targetWWNs").ToList(), source.Texts("wwids").ToList());
        if (targets.Count == 0 && ids.Count == 0)
        {
            errors.Add(FieldError.Required(path + ".targetWWNs", "must specify either targetWWNs or wwids, but not both"));
        }

        if (targets.Count > 0 && ids.Count > 0)
        {
            errors.Add(FieldError.Invalid(path + ".targetWWNs", targets, "targetWWNs and wwids can not be specified simultaneously"));
        }

        if (targets.Count > 0 && source.Whole("lun") is not { } lun)
        {
            errors.Add(FieldError.Required(path + ".lun", "lun is required if targetWWNs is specified"));
        }
        else if (targets.Count > 0 && source.Whole("lun") is { } number and (< 0 or > 255))
        {
            errors.Add(FieldError.Invalid(path + ".lun", number, "must be between 0 and 255, inclusive"));
        }
    }

    private static void CheckFlexOptions(ErrorList errors, JsonObject source, string path)
    {
        foreach (var key in (source.Map("options") ?? []).Select(static o => o.Key))
        {
            var space = "." + key.Split('/', 2)[0].ToLowerInvariant();
            if (space.EndsWith(".kubernetes.io", StringComparison.Ordinal) || space.EndsWith(".k8s.io", StringComparison.Ordinal))
            {
                errors.Add(FieldError.Invalid($"{path}.options[{key}]", key, "kubernetes.io and k8s.io namespaces are reserved"));
            }
        }
    }

    private static void CheckAzureDisk(ErrorList errors, JsonObject source, string path)
    {
        if (source.Text("cachingMode") is { } caching)
        {
            errors.OneOf(path + ".cachingMode", caching, "None", "ReadOnly", "ReadWrite");
        }

        if (source.Text("kind") is not { } kind)
        {
            return;
        }

        errors.OneOf(path + ".kind", kind, "Dedicated", "Managed", "Shared");
        var uri = source.Text("diskURI") ?? "";
        if (kind == "Managed" && !uri.StartsWith("/subscriptions/", StringComparison.Ordinal))
        {
            errors.Add(FieldError.NotSupported(path + ".diskURI", uri, ["/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}"]));
        }
        else if (kind != "Managed" && !uri.StartsWith("https://", StringComparison.Ordinal))
        {
            errors.Add(FieldError.NotSupported(path + ".diskURI", uri, ["https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd"]));
        }
    }

    [GeneratedRegex(@"iqn\.[0-9]{4}-[0-9]{2}\.([A-Za-z0-9\-.]+)(:[^,;*&$|\s]+)\z", RegexOptions.CultureInvariant)]
    private static partial Regex IqnForm();

    [GeneratedRegex(@"^eui.[A-Za-z0-9]{16}\z", RegexOptions.CultureInvariant)]
    private static partial Regex EuiForm();

    [GeneratedRegex(@"^naa.[A-Za-z0-9]{32}\z", RegexOptions.CultureInvariant)]
    private static partial Regex NaaForm();

    [GeneratedRegex(@"^([^:\[\]]*|\[[^\[\]]*\]):[^:\[\]]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex HostAndPort();
}
