using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Kube.Api.Serialization;

namespace Kube.Api.Validation;

/// <content>The operating system a pod is for, and what Windows has of its own.</content>
internal static partial class PodRules
{
    private const string NotForWindows = "cannot be set for a windows pod";

    private static readonly string[] PodFieldsNotForWindows =
    [
        "appArmorProfile", "seLinuxOptions", "seccompProfile", "fsGroup", "fsGroupChangePolicy", "sysctls", "runAsUser", "runAsGroup", "supplementalGroups",
        "supplementalGroupsPolicy", "seLinuxChangePolicy",
    ];

    private static readonly string[] ContainerFieldsNotForWindows =
    [
        "appArmorProfile", "seLinuxOptions", "seccompProfile", "capabilities", "readOnlyRootFilesystem", "privileged", "allowPrivilegeEscalation", "procMount", "runAsUser",
        "runAsGroup",
    ];

    private static void CheckOperatingSystem(ErrorList errors, Scope scope)
    {
        var (spec, path) = (scope.Spec, scope.Path);
        if (spec.Map("os") is not { } os || !errors.Require(path + ".os.name", os.Text("name"), "cannot be empty"))
        {
            return;
        }

        var security = spec.Map("securityContext");
        switch (os.Text("name"))
        {
            case "linux":
                foreach (var (_, at) in EveryContainer(spec, path).Prepend((Container: spec, Path: path)).Where(static c => c.Container.Map("securityContext").Has("windowsOptions")))
                {
                    errors.Add(FieldError.Forbidden(at + ".securityContext.windowsOptions", "windows options cannot be set for a linux pod"));
                }

                break;
            case "windows":
                foreach (var field in PodFieldsNotForWindows.Where(security.Has))
                {
                    errors.Add(FieldError.Forbidden($"{path}.securityContext.{field}", NotForWindows));
                }

                foreach (var field in ((string[])["hostUsers", "shareProcessNamespace"]).Where(spec.Has).Concat(((string[])["hostPID", "hostIPC"]).Where(f => spec.Flag(f) == true)))
                {
                    errors.Add(FieldError.Forbidden($"{path}.{field}", NotForWindows));
                }

                foreach (var (container, at) in EveryContainer(spec, path))
                {
                    foreach (var field in ContainerFieldsNotForWindows.Where(container.Map("securityContext").Has))
                    {
                        errors.Add(FieldError.Forbidden($"{at}.securityContext.{field}", NotForWindows));
                    }
                }

                break;
            case var other:
                errors.Add(FieldError.NotSupported(path + ".os", other, ["linux", "windows"]));
                break;
        }
    }

    private static void CheckWindows(ErrorList errors, JsonObject? options, string path)
    {
        const int maxCredentialBytes = 64 * 1024;
        if (options.Text("gmsaCredentialSpecName") is { } name)
        {
            errors.AddInvalid(path + ".gmsaCredentialSpecName", name, NameRules.DnsSubdomain(name));
        }

        if (options.Text("gmsaCredentialSpec") is { } credential && credential.Length is 0 or > maxCredentialBytes)
        {
            errors.Add(FieldError.Invalid(path + ".gmsaCredentialSpec", credential,
                credential.Length == 0 ? "gmsaCredentialSpec cannot be an empty string" : "gmsaCredentialSpec size must be under 64 KiB"));
        }

        if (options.Text("runAsUserName") is { } user)
        {
            foreach (var fault in UserNameFaults(user))
            {
                errors.Add(FieldError.Invalid(path + ".runAsUserName", user, fault));
            }
        }
    }

    private static IEnumerable<string> UserNameFaults(string text)
    {
        const int maxDomainLength = 256;
        const int maxUserLength = 104;
        var parts = text.Split('\\');
        if (text.Length == 0 || text.Any(char.IsControl) || parts.Length > 2)
        {
            return [text.Length == 0 ? "runAsUserName cannot be an empty string"
                : text.Any(char.IsControl) ? "runAsUserName cannot contain control characters" : "runAsUserName cannot contain more than one backslash"];
        }

        var faults = new List<string>();
        var (domain, user) = parts.Length == 2 ? (parts[0], parts[1]) : (null, parts[0]);
        if (domain?.Length >= maxDomainLength)
        {
            faults.Add($"runAsUserName's Domain length must be under {maxDomainLength} characters");
        }

        if (domain is not null && !NetBiosName().IsMatch(domain) && !DomainName().IsMatch(domain))
        {
            faults.Add("runAsUserName's Domain doesn't match the NetBios nor the DNS format");
        }

        if (user.Length == 0)
        {
            faults.Add("runAsUserName's User cannot be empty");
        }
        else if (user.Length > maxUserLength)
        {
            faults.Add($"runAsUserName's User length must not be longer than {maxUserLength} characters");
        }

        if (user.Length > 0 && user.All(static c => c is '.' or ' '))
        {
            faults.Add("runAsUserName's User cannot contain only periods or spaces");
        }

        if (user.AsSpan().IndexOfAny("\"/\\:;|=,+*?<>@[]") >= 0)
        {
            faults.Add("runAsUserName's User cannot contain the following characters: \"/\\:;|=,+*?<>@[]");
        }

        return faults;
    }

    /// <summary>Containers that are processes of the host stand in pods that have no others and use the host's network.</summary>
    private static void CheckHostProcesses(ErrorList errors, Scope scope)
    {
        var pod = scope.Spec.Map("securityContext").Map("windowsOptions").Flag("hostProcess");
        var (all, host) = (0, 0);
        foreach (var (container, path) in EveryContainer(scope.Spec, scope.Path))
        {
            all++;
            var own = container.Map("securityContext").Map("windowsOptions").Flag("hostProcess");
            if (pod is { } shared && own is { } flag && shared != flag)
            {
                errors.Add(FieldError.Invalid(path + ".securityContext.windowsOptions.hostProcess", flag,
                    $"pod hostProcess value must be identical if both are specified, was {(shared ? "true" : "false")}"));
            }

            host += own ?? pod ?? false ? 1 : 0;
        }

        if (host > 0 && host != all)
        {
            errors.Add(FieldError.Invalid(scope.Path, "", "If pod contains any hostProcess containers then all containers must be HostProcess containers"));
        }

        if (host > 0 && !scope.HostNetwork)
        {
            errors.Add(FieldError.Invalid(scope.Path + ".hostNetwork", false, "hostNetwork must be true if pod contains any hostProcess containers"));
        }
    }

    [GeneratedRegex("""^[^\\/:\*\?"<>|\.][^\\/:\*\?"<>|]{0,14}\z""", RegexOptions.CultureInvariant)]
    private static partial Regex NetBiosName();

    [GeneratedRegex(@"^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex DomainName();
}
