using System.Text.Json.Nodes;
using Kube.Api.Serialization;

namespace Kube.Api.Validation;

/// <content>Where containers see their volumes. Some faults name the list and not the mount, as Kubernetes' do.</content>
internal static partial class PodRules
{
    private static void CheckMounts(ErrorList errors, JsonObject container, string path, Scope scope)
    {
        var list = path + ".volumeMounts";
        var paths = new HashSet<string>(StringComparer.Ordinal);
        var devices = container.Items("volumeDevices").ToList();
        foreach (var (mount, at) in container.Placed("volumeMounts", path))
        {
            var (name, mountPath) = (mount.Text("name") ?? "", mount.Text("mountPath") ?? "");
            errors.Require(at + ".name", name);
            if (!scope.Volumes.TryGetValue(name, out var volume))
            {
                errors.Add(FieldError.NotFound(at + ".name", name));
            }

            errors.Require(at + ".mountPath", mountPath);
            if (!paths.Add(mountPath))
            {
                errors.Add(FieldError.Invalid(at + ".mountPath", mountPath, "must be unique"));
            }

            if (devices.Exists(d => (d.Text("name") ?? "") == name))
            {
                errors.Add(FieldError.Invalid(at + ".name", name, "must not already exist in volumeDevices"));
            }

            if (devices.Exists(d => (d.Text("devicePath") ?? "") == mountPath))
            {
                errors.Add(FieldError.Invalid(at + ".mountPath", mountPath, "must not already exist as a path in volumeDevices"));
            }

            CheckSubPaths(errors, mount, at, list, volume);
            errors.Judged(at + ".mountPropagation");
            CheckPropagation(errors, mount, list + ".mountPropagation", container.Map("securityContext").Flag("privileged") == true);
            CheckRecursive(errors, mount, list + ".recursiveReadOnly");
        }
    }

    private static void CheckSubPaths(ErrorList errors, JsonObject mount, string path, string list, JsonObject? volume)
    {
        var (subPath, expression) = (mount.Text("subPath") ?? "", mount.Text("subPathExpr") ?? "");
        foreach (var (field, text) in new[] { ("subPath", subPath), ("subPathExpr", expression) }.Where(static f => f.Item2.Length > 0))
        {
            if (volume.Has("image"))
            {
                errors.Add(FieldError.Invalid($"{path}.{field}", text, "not allowed in image volume sources"));
            }

            if (field == "subPathExpr" && subPath.Length > 0)
            {
                errors.Add(FieldError.Invalid(path + ".subPathExpr", text, "subPathExpr and subPath are mutually exclusive"));
            }

            VolumeRules.CheckDescendingPath(errors, text, $"{list}.{field}");
        }
    }

    private static void CheckPropagation(ErrorList errors, JsonObject mount, string path, bool privileged)
    {
        if (mount.Text("mountPropagation") is not { } propagation)
        {
            return;
        }

        if (propagation is not ("Bidirectional" or "HostToContainer" or "None"))
        {
            errors.Add(FieldError.NotSupported(path, propagation, ["Bidirectional", "HostToContainer", "None"]));
        }
        else if (propagation == "Bidirectional" && !privileged)
        {
            errors.Add(FieldError.Forbidden(path, "Bidirectional mount propagation is available only to privileged containers"));
        }
    }

    private static void CheckRecursive(ErrorList errors, JsonObject mount, string path)
    {
        switch (mount.Text("recursiveReadOnly"))
        {
            case null or "Disabled":
                break;
            case "Enabled" or "IfPossible":
                if (mount.Flag("readOnly") != true)
                {
                    errors.Add(FieldError.Forbidden(path, "may only be specified when readOnly is true"));
                }

                if (mount.Text("mountPropagation") is not (null or "None"))
                {
                    errors.Add(FieldError.Forbidden(path, "may only be specified when mountPropagation is None or not specified"));
                }

                break;
            case var other:
                errors.Add(FieldError.NotSupported(path, other, ["Disabled", "Enabled", "IfPossible"]));
                break;
        }
    }

    private static void CheckDevices(ErrorList errors, JsonObject container, string path, Scope scope)
    {
        var (names, paths) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        var mounts = container.Items("volumeMounts").ToList();
        foreach (var (device, at) in container.Placed("volumeDevices", path))
        {
            var (name, devicePath) = (device.Text("name") ?? "", device.Text("devicePath") ?? "");
            if (errors.Require(at + ".name", name) && !names.Add(name))
            {
                errors.Add(FieldError.Invalid(at + ".name", name, "must be unique"));
            }

            if (!scope.Volumes.TryGetValue(name, out var volume))
            {
                errors.Add(FieldError.NotFound(at + ".name", name));
            }
            else if (!volume.Has("persistentVolumeClaim") && !volume.Has("ephemeral"))
            {
                errors.Add(FieldError.Invalid(at + ".name", name, "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode"));
            }

            errors.Require(at + ".devicePath", devicePath);
            if (paths.Contains(devicePath))
            {
                errors.Add(FieldError.Invalid(at + ".devicePath", devicePath, "must be unique"));
            }

            if (devicePath.Split('/').Contains(".."))
            {
                errors.Add(FieldError.Invalid(at + ".devicePath", devicePath, "can not contain backsteps ('..')"));
            }
            else
            {
                paths.Add(devicePath);
            }

            if (mounts.Exists(m => (m.Text("name") ?? "") == name))
            {
                errors.Add(FieldError.Invalid(at + ".name", name, "must not already exist in volumeMounts"));
            }

            if (mounts.Exists(m => (m.Text("mountPath") ?? "") == devicePath))
            {
                errors.Add(FieldError.Invalid(at + ".devicePath", devicePath, "must not already exist as a path in volumeMounts"));
            }
        }
    }
}
