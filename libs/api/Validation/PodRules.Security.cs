using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Kube.Api.Serialization;

namespace Kube.Api.Validation;

/// <content>Security contexts of pods and containers, and the annotations that came before them.</content>
internal static partial class PodRules
{
    private const int MaxSysctlLength = 253;
    private const string SysctlPattern = @"^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$";
    private const string SeccompAnnotation = "seccomp.security.alpha.kubernetes.io/pod";
    private const string ContainerSeccompPrefix = "container.seccomp.security.alpha.kubernetes.io/";
    internal const string AppArmorPrefix = "container.apparmor.security.beta.kubernetes.io/";

    private static IEnumerable<(JsonObject Container, string Path)> EveryContainer(JsonObject spec, string path) =>
        ((string[])["initContainers", "containers", "ephemeralContainers"]).SelectMany(member => spec.Placed(member, path));

    private static void CheckId(ErrorList errors, long? id, string path)
    {
        if (id is { } number)
        {
            errors.AddInvalid(path, number, NameRules.InRange(number, 0, int.MaxValue));
        }
    }

    private static void CheckPodSecurity(ErrorList errors, Scope scope)
    {
        var path = scope.Path + ".securityContext";
        var security = scope.Spec.Map("securityContext");
        foreach (var field in (string[])["fsGroup", "runAsUser", "runAsGroup"])
        {
            CheckId(errors, security.Whole(field), $"{path}.{field}");
        }

        foreach (var (group, at) in security.PlacedNumbers("supplementalGroups", path))
        {
            CheckId(errors, group, at);
        }

        if (scope.Spec.Flag("shareProcessNamespace") == true && scope.Spec.Flag("hostPID") == true)
        {
            errors.Add(FieldError.Invalid(path + ".shareProcessNamespace", true, "ShareProcessNamespace and HostPID cannot both be enabled"));
        }

        CheckSysctls(errors, security, path);
        if (security.Text("fsGroupChangePolicy") is { } change && change is not ("Always" or "OnRootMismatch"))
        {
            errors.Add(FieldError.NotSupported(path + ".fsGroupChangePolicy", change, ["Always", "OnRootMismatch"]));
        }

        CheckProfiles(errors, security, path);
        if (security.Text("supplementalGroupsPolicy") is { } groups && groups is not ("Merge" or "Strict"))
        {
            errors.Add(FieldError.NotSupported(path + ".supplementalGroupsPolicy", groups, ["Merge", "Strict"]));
        }
    }

    private static void CheckContainerSecurity(ErrorList errors, JsonObject? security, string path, Scope scope)
    {
        if (security is null)
        {
            return;
        }

        CheckId(errors, security.Whole("runAsUser"), path + ".runAsUser");
        CheckId(errors, security.Whole("runAsGroup"), path + ".runAsGroup");
        if (security.Text("procMount") is { } mount)
        {
            if (mount is not ("Default" or "Unmasked"))
            {
                errors.Add(FieldError.NotSupported(path + ".procMount", mount, ["Default", "Unmasked"]));
            }
            else if (mount == "Unmasked" && scope.HostUsers)
            {
                errors.Add(FieldError.Invalid(path + ".procMount", mount, "`hostUsers` must be false to use `Unmasked`"));
            }
        }

        if (security.Flag("allowPrivilegeEscalation") == false)
        {
            if (security.Flag("privileged") == true)
            {
                errors.Add(FieldError.Invalid(path, security, "cannot set `allowPrivilegeEscalation` to false and `privileged` to true"));
            }

            if (security.Map("capabilities").Texts("add").Contains("CAP_SYS_ADMIN"))
            {
                errors.Add(FieldError.Invalid(path, security, "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN"));
            }
        }

        CheckProfiles(errors, security, path);
    }

    /// <summary>What contexts of pods and of containers have in common.</summary>
    private static void CheckProfiles(ErrorList errors, JsonObject? security, string path)
    {
        if (security.Map("seccompProfile") is { } seccomp)
        {
            CheckSeccomp(errors, seccomp, path + ".seccompProfile");
        }

        CheckWindows(errors, security.Map("windowsOptions"), path + ".windowsOptions");
        if (security.Map("appArmorProfile") is { } armor)
        {
            CheckAppArmor(errors, armor, path + ".appArmorProfile");
        }
    }

    private static void CheckSeccomp(ErrorList errors, JsonObject profile, string path)
    {
        var (type, local) = (profile.Text("type") ?? "", profile.Text("localhostProfile"));
        if (errors.Require(path + ".type", type, "type is required when seccompProfile is set"))
        {
            errors.OneOf(path + ".type", type, "Localhost", "RuntimeDefault", "Unconfined");
        }

        if (type == "Localhost" && local is null)
        {
            errors.Add(FieldError.Required(path + ".localhostProfile", "must be set when seccomp type is Localhost"));
        }
        else if (type == "Localhost")
        {
            VolumeRules.CheckDescendingPath(errors, local!, path + ".localhostProfile");
        }
        else if (local is not null)
        {
            errors.Add(FieldError.Invalid(path + ".localhostProfile", profile, "can only be set when seccomp type is Localhost"));
        }
    }

    private static void CheckAppArmor(ErrorList errors, JsonObject profile, string path)
    {
        const int maxLength = 4095;
        var (type, local) = (profile.Text("type") ?? "", profile.Text("localhostProfile"));
        if (!errors.Require(path + ".type", type, "type is required when appArmorProfile is set"))
        {
            return;
        }

        errors.OneOf(path + ".type", type, "Localhost", "RuntimeDefault", "Unconfined");
        switch (type)
        {
            case "Localhost" when string.IsNullOrEmpty(local):
                errors.Add(FieldError.Required(path + ".localhostProfile", "must be set when AppArmor type is Localhost"));
                break;
            case "Localhost":
                if (local!.Trim() != local)
                {
                    errors.Add(FieldError.Invalid(path + ".localhostProfile", local, "must not be padded with whitespace"));
                }

                if (local.Length > maxLength)
                {
                    errors.Add(FieldError.TooLong(path + ".localhostProfile", maxLength));
                }

                break;
            case "RuntimeDefault" or "Unconfined" when local is not null:
                errors.Add(FieldError.Invalid(path + ".localhostProfile", local, "can only be set when AppArmor type is Localhost"));
                break;
        }
    }

    private static void CheckSysctls(ErrorList errors, JsonObject? security, string path)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (sysctl, place) in security.Placed("sysctls", path))
        {
            var at = place + ".name";
            var name = sysctl.Text("name") ?? "";
            if (!errors.Require(at, name))
            {
                continue;
            }

            if (name.Length > MaxSysctlLength || !SysctlName().IsMatch(name))
            {
                errors.Add(FieldError.Invalid(at, name, $"must have at most {MaxSysctlLength} characters and match regex {SysctlPattern}"));
            }
            else if (!seen.Add(name))
            {
                errors.Add(FieldError.Duplicate(at, name));
            }
        }
    }

    /// <summary>A parameter of a namespace that the pod shares with the host would change the host.</summary>
    private static void CheckHostSysctls(ErrorList errors, JsonObject spec, string path)
    {
        var i = 0;
        foreach (var sysctl in spec.Map("securityContext").Items("sysctls"))
        {
            var at = $"{path}[{i++}].name";
            var name = sysctl.Text("name") ?? "";
            var dotted = DottedSysctl(name);
            var ipc = dotted == "kernel.sem" || dotted.StartsWith("kernel.shm", StringComparison.Ordinal) || dotted.StartsWith("kernel.msg", StringComparison.Ordinal)
                || dotted.StartsWith("fs.mqueue.", StringComparison.Ordinal);
            if (spec.Flag("hostNetwork") == true && dotted.StartsWith("net.", StringComparison.Ordinal))
            {
                errors.Add(FieldError.Invalid(at, name, "may not be specified when 'hostNetwork' is true"));
            }
            else if (spec.Flag("hostIPC") == true && ipc)
            {
                errors.Add(FieldError.Invalid(at, name, "may not be specified when 'hostIPC' is true"));
            }
        }
    }

    /// <summary>Of '.' and '/', the first that stands in a name separates its parts.</summary>
    private static string DottedSysctl(string name)
    {
        var first = name.AsSpan().IndexOfAny('.', '/');
        return first < 0 || name[first] == '.'
            ? name
            : new string([.. name.Select(static c => c switch { '.' => '/', '/' => '.', _ => c })]);
    }

    private static void CheckHostUsers(ErrorList errors, Scope scope)
    {
        if (scope.HostUsers)
        {
            return;
        }

        foreach (var (field, shown) in new[] { ("hostNetwork", "hostNetwork"), ("hostPID", "HostPID"), ("hostIPC", "HostIPC") }.Where(f => scope.Spec.Flag(f.Item1) == true))
        {
            errors.Add(FieldError.Forbidden($"{scope.Path}.{shown}", "when `pod.Spec.HostUsers` is false"));
        }
    }

    /// <summary>The forms of annotations that name profiles.</summary>
    private static void CheckProfileAnnotationForms(ErrorList errors, JsonObject? annotations, JsonObject spec, string path)
    {
        foreach (var (key, node) in annotations ?? [])
        {
            var text = (string?)node ?? "";
            if (key == SeccompAnnotation || key.StartsWith(ContainerSeccompPrefix, StringComparison.Ordinal))
            {
                if (text.StartsWith("localhost/", StringComparison.Ordinal))
                {
                    VolumeRules.CheckDescendingPath(errors, text["localhost/".Length..], $"{path}.{key}");
                }
                else if (text is not ("runtime/default" or "docker/default" or "unconfined"))
                {
                    errors.Add(FieldError.Invalid($"{path}.{key}", text, "must be a valid seccomp profile"));
                }
            }
            else if (key.StartsWith(AppArmorPrefix, StringComparison.Ordinal))
            {
                var name = key[AppArmorPrefix.Length..];
                if (!EveryContainer(spec, "").Any(c => c.Container.Text("name") == name))
                {
                    errors.Add(FieldError.Invalid($"{path}[{key}]", name, "container not found"));
                }

                if (text is not ("" or "runtime/default" or "unconfined") && !text.StartsWith("localhost/", StringComparison.Ordinal))
                {
                    errors.Add(FieldError.Invalid($"{path}[{key}]", text, $"invalid AppArmor profile name: {GoText.Quote(text)}"));
                }
            }
        }
    }

    /// <summary>An annotation and a field that name a profile for the same thing say the same.</summary>
    private static void CheckProfileAnnotations(ErrorList errors, JsonObject? annotations, JsonObject spec, string path)
    {
        var pod = spec.Map("securityContext");
        CheckSame(errors, annotations.Text(SeccompAnnotation), pod.Map("seccompProfile"), path + ".securityContext.seccompProfile", "seccomp");
        foreach (var (container, at) in EveryContainer(spec, path))
        {
            var (name, own) = (container.Text("name") ?? "", container.Map("securityContext"));
            CheckSame(errors, annotations.Text(ContainerSeccompPrefix + name), own.Map("seccompProfile"), at + ".securityContext.seccompProfile", "seccomp");
            if (spec.Map("os").Text("name") != "windows")
            {
                CheckSame(errors, annotations.Text(AppArmorPrefix + name), own.Map("appArmorProfile") ?? pod.Map("appArmorProfile"), at + ".securityContext.appArmorProfile", "apparmor");
            }
        }
    }

    private static void CheckSame(ErrorList errors, string? annotation, JsonObject? profile, string path, string what)
    {
        if (annotation is null || profile is null)
        {
            return;
        }

        var local = annotation.StartsWith("localhost/", StringComparison.Ordinal) ? annotation["localhost/".Length..] : null;
        var sameType = profile.Text("type") switch
        {
            "Unconfined" => annotation == "unconfined",
            "RuntimeDefault" => annotation == "runtime/default" || (what == "seccomp" && annotation == "docker/default"),
            "Localhost" => local is not null,
            _ => true,
        };
        if (!sameType)
        {
            errors.Add(FieldError.Forbidden(path + ".type", $"{what} type in annotation and field must match"));
        }
        else if (profile.Text("type") == "Localhost" && profile.Text("localhostProfile") != local)
        {
            errors.Add(FieldError.Forbidden(path + ".localhostProfile", $"{what} profile in annotation and field must match"));
        }
    }

    [GeneratedRegex(SysctlPattern, RegexOptions.CultureInvariant)]
    private static partial Regex SysctlName();
}
