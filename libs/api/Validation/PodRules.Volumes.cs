using System.Text.Json.Nodes;
using Kube.Api.Serialization;

namespace Kube.Api.Validation;

/// <content>The volumes of a pod; what is in them is <see cref="VolumeRules"/>'s.</content>
internal static partial class PodRules
{
    /// <summary>The kinds of volumes, in the order that decides which of several is one too many.</summary>
    private static readonly string[] VolumeKinds =
    [
        "emptyDir", "hostPath", "gitRepo", "gcePersistentDisk", "awsElasticBlockStore", "secret", "nfs", "iscsi", "glusterfs", "flocker", "persistentVolumeClaim", "rbd",
        "cinder", "cephfs", "quobyte", "downwardAPI", "fc", "flexVolume", "configMap", "azureFile", "vsphereVolume", "photonPersistentDisk", "portworxVolume", "azureDisk",
        "storageos", "projected", "scaleIO", "csi", "ephemeral", "image",
    ];

    /// <summary>Checks the volumes and puts the well-formed ones into the scope.</summary>
    private static void CheckVolumes(ErrorList errors, Scope scope)
    {
        var made = scope.Spec.Items("volumes").Where(static v => v.Has("ephemeral")).Select(v => $"{scope.PodName}-{v.Text("name")}").ToHashSet(StringComparer.Ordinal);
        foreach (var (volume, path) in scope.Spec.Placed("volumes", scope.Path))
        {
            var before = errors.Items.Count;
            CheckVolume(errors, volume, path, scope);
            var name = volume.Text("name") ?? "";
            if (errors.Require(path + ".name", name))
            {
                errors.AddInvalid(path + ".name", name, NameRules.DnsLabel(name));
            }

            if (scope.Volumes.ContainsKey(name))
            {
                errors.Add(FieldError.Duplicate(path + ".name", name));
            }

            if (errors.Items.Count == before)
            {
                scope.Volumes[name] = volume;
            }

            if (!string.IsNullOrEmpty(scope.PodName) && volume.Map("persistentVolumeClaim").Text("claimName") is { } claim && made.Contains(claim))
            {
                errors.Add(FieldError.Invalid(path + ".persistentVolumeClaim.claimName", claim, "must not reference a PVC that gets created for an ephemeral volume"));
            }
        }
    }

    private static void CheckVolume(ErrorList errors, JsonObject volume, string path, Scope scope)
    {
        var count = 0;
        foreach (var kind in VolumeKinds.Where(k => volume.Map(k) is not null))
        {
            if (++count > 1)
            {
                errors.Add(FieldError.Forbidden($"{path}.{kind}", "may not specify more than 1 volume type"));
                continue;
            }

            var source = volume.Map(kind)!;
            switch (kind)
            {
                case "downwardAPI":
                    CheckMode(errors, source, "defaultMode", $"{path}.{kind}");
                    foreach (var file in source.Items("items"))
                    {
                        CheckFile(errors, file, $"{path}.{kind}");
                    }

                    break;
                case "projected":
                    CheckProjected(errors, source, $"{path}.{kind}");
                    break;
                case "ephemeral":
                    CheckClaimTemplate(errors, volume, source, path, scope);
                    break;
                case "image":
                    errors.OneOf($"{path}.{kind}.pullPolicy", source.Text("pullPolicy"), "Always", "IfNotPresent", "Never");
                    if (scope.IsPod)
                    {
                        errors.Require($"{path}.{kind}.reference", source.Text("reference"));
                    }

                    break;
                default:
                    VolumeRules.CheckSource(errors, kind, source, $"{path}.{kind}");
                    break;
            }

            if (kind == "iscsi" && source.Text("initiatorName") is not null && $"{volume.Text("name")}:{source.Text("targetPortal")}".Length > VolumeRules.MaxPortalLength)
            {
                errors.Add(FieldError.Invalid(path + ".name", volume.Text("name") ?? "", VolumeRules.PortalTooLong));
            }
        }

        if (count == 0)
        {
            errors.Add(FieldError.Required(path, "must specify a volume type"));
        }
    }

    private static void CheckClaimTemplate(ErrorList errors, JsonObject volume, JsonObject source, string path, Scope scope)
    {
        if (source.Map("volumeClaimTemplate") is not { } template)
        {
            errors.Add(FieldError.Required(path + ".ephemeral.volumeClaimTemplate"));
        }
        else
        {
            StorageRules.CheckClaimTemplate(errors, template, path + ".ephemeral.volumeClaimTemplate");
        }

        if (!string.IsNullOrEmpty(scope.PodName) && volume.Text("name") is { Length: > 0 } name)
        {
            var claim = $"{scope.PodName}-{name}";
            foreach (var fault in NameRules.DnsSubdomain(claim))
            {
                errors.Add(FieldError.Invalid(path + ".name", name, $"PVC name {GoText.Quote(claim)}: {fault}"));
            }
        }
    }

    private static void CheckMode(ErrorList errors, JsonObject source, string member, string path) =>
        VolumeRules.CheckMode(errors, source, member, path);

    /// <summary>A file that shows a field; faults name the list's parent, as Kubernetes' do.</summary>
    private static void CheckFile(ErrorList errors, JsonObject file, string path)
    {
        errors.Require(path + ".path", file.Text("path"));
        VolumeRules.CheckUnreservedPath(errors, file.Text("path") ?? "", path + ".path");
        if (file.Map("fieldRef") is { } field)
        {
            CheckFieldReference(errors, field, path + ".fieldRef", FileFields);
            if (file.Has("resourceFieldRef"))
            {
                errors.Add(FieldError.Invalid(path, "resource", "fieldRef and resourceFieldRef can not be specified simultaneously"));
            }
        }
        else if (file.Map("resourceFieldRef") is { } resource)
        {
            CheckResourceReference(errors, resource, path + ".resourceFieldRef", namesContainer: true);
        }
        else
        {
            errors.Add(FieldError.Required(path, "one of fieldRef and resourceFieldRef is required"));
        }

        CheckMode(errors, file, "mode", path);
    }

    private static void CheckProjected(ErrorList errors, JsonObject projected, string path)
    {
        CheckMode(errors, projected, "defaultMode", path);
        var paths = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (source, at) in projected.Placed("sources", path))
        {
            var count = 0;
            foreach (var kind in ((string[])["secret", "configMap"]).Where(k => source.Map(k) is not null))
            {
                count++;
                var projection = source.Map(kind)!;
                errors.Require($"{at}.{kind}.name", projection.Text("name"));
                foreach (var (item, place) in projection.Placed("items", $"{at}.{kind}"))
                {
                    VolumeRules.CheckKeyToPath(errors, item, place);
                    CheckUniquePath(errors, item.Text("path"), projection.Text("name") ?? "", paths, path);
                }
            }

            if (source.Map("downwardAPI") is { } downward)
            {
                count++;
                foreach (var file in downward.Items("items"))
                {
                    CheckFile(errors, file, at + ".downwardAPI");
                    CheckUniquePath(errors, file.Text("path"), file.Text("path") ?? "", paths, path);
                }
            }

            if (source.Map("serviceAccountToken") is { } token)
            {
                count++;
                CheckToken(errors, token, at + ".serviceAccountToken", path);
            }

            if (source.Map("clusterTrustBundle") is { } bundle)
            {
                count++;
                CheckTrustBundle(errors, bundle, at + ".clusterTrustBundle");
                CheckUniquePath(errors, bundle.Text("path"), bundle.Text("path") ?? "", paths, path);
            }

            if (count > 1)
            {
                errors.Add(FieldError.Forbidden(at, "may not specify more than 1 volume type per source"));
            }
        }
    }

    private static void CheckUniquePath(ErrorList errors, string? text, string shown, HashSet<string> paths, string path)
    {
        if (!string.IsNullOrEmpty(text) && !paths.Add(text))
        {
            errors.Add(FieldError.Invalid(path, shown, "conflicting duplicate paths"));
        }
    }

    private static void CheckToken(ErrorList errors, JsonObject token, string path, string volume)
    {
        var seconds = token.Whole("expirationSeconds") ?? 0;
        if (seconds < 600)
        {
            errors.Add(FieldError.Invalid(path + ".expirationSeconds", seconds, "may not specify a duration less than 10 minutes"));
        }
        else if (seconds > 1L << 32)
        {
            errors.Add(FieldError.Invalid(path + ".expirationSeconds", seconds, "may not specify a duration larger than 2^32 seconds"));
        }

        if (errors.Require(volume + ".path", token.Text("path")))
        {
            VolumeRules.CheckUnreservedPath(errors, token.Text("path")!, volume + ".path");
        }
    }

    private static void CheckTrustBundle(ErrorList errors, JsonObject bundle, string path)
    {
        var (name, signer) = (bundle.Text("name"), bundle.Text("signerName"));
        if (name is not null && signer is not null)
        {
            errors.Add(FieldError.Invalid(path, bundle, "only one of name and signerName may be used"));
        }
        else if (name is not null)
        {
            errors.Require(path + ".name", name, "must be a valid object name");
            if (bundle.Map("labelSelector") is { } selector)
            {
                errors.Add(FieldError.Invalid(path + ".labelSelector", GoPrint.LabelSelector(selector), "labelSelector must be unset if name is specified"));
            }
        }
        else if (signer is not null)
        {
            errors.Require(path + ".signerName", signer, "must be a valid signer name");
            WorkloadRules.CheckLabelSelector(errors, bundle.Map("labelSelector"), path + ".labelSelector");
        }
        else
        {
            errors.Add(FieldError.Required(path, "either name or signerName must be specified"));
        }

        errors.Require(path + ".path", bundle.Text("path"));
        VolumeRules.CheckUnreservedPath(errors, bundle.Text("path") ?? "", path + ".path");
    }
}
