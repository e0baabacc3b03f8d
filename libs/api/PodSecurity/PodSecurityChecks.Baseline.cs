using Kube.Api.Serialization;

namespace Kube.Api.PodSecurity;

public static partial class PodSecurityChecks
{
    private const string AppArmorAnnotation = "container.apparmor.security.beta.kubernetes.io/";
    private const string SeccompPodAnnotation = "seccomp.security.alpha.kubernetes.io/pod";
    private const string SeccompContainerAnnotation = "container.seccomp.security.alpha.kubernetes.io/";

    private static readonly HashSet<string> DefaultCapabilities = new(StringComparer.Ordinal)
    {
        "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
    };

    private static readonly (int Since, string[] Names)[] SafeSysctls =
    [
        (0, ["kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range", "net.ipv4.ip_unprivileged_port_start"]),
        (27, ["net.ipv4.ip_local_reserved_ports"]),
        (29, ["net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes"]),
        (32, ["net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem"]),
    ];

    private static PodSecurityViolation? AppArmor(PodView pod, int minor)
    {
        static string? Bad(System.Text.Json.Nodes.JsonObject? security) =>
            security.Map("appArmorProfile") is { } profile && profile.Text("type") is not ("RuntimeDefault" or "Localhost") ? profile.Text("type") ?? "" : null;
        var containers = pod.Where(security => Bad(security) is not null);
        var setters = new List<string>();
        if (Setters(Bad(pod.Security) is not null, containers) is { Length: > 0 } fields)
        {
            setters.Add(fields);
        }

        var values = pod.Containers.Select(c => Bad(c.Security)).Append(Bad(pod.Security)).OfType<string>().Distinct().Order(StringComparer.Ordinal).ToList();
        var annotations = pod.Annotations.Where(a => a.Key.StartsWith(AppArmorAnnotation, StringComparison.Ordinal))
            .Select(a => (a.Key, Value: a.Value?.ToString() ?? ""))
            .Where(a => a.Value.Length > 0 && a.Value != "runtime/default" && !a.Value.StartsWith("localhost/", StringComparison.Ordinal))
            .Select(a => $"{a.Key}={GoText.Quote(a.Value)}").Order(StringComparer.Ordinal).ToList();
        if (annotations.Count > 0)
        {
            values.AddRange(annotations);
            setters.Add(annotations.Count == 1 ? "annotation" : "annotations");
        }

        return setters.Count == 0 ? null : new(
            $"forbidden AppArmor profile{(values.Count == 1 ? "" : "s")}",
            $"{string.Join(" and ", setters)} must not set AppArmor profile type to {Quoted(values)}");
    }

    private static PodSecurityViolation? AddedCapabilities(PodView pod, int minor)
    {
        var containers = pod.Where(security => security.Map("capabilities").Texts("add").Any(c => !DefaultCapabilities.Contains(c)));
        var added = pod.Containers.SelectMany(c => c.Security.Map("capabilities").Texts("add")).Where(c => !DefaultCapabilities.Contains(c)).Distinct().Order(StringComparer.Ordinal);
        return containers.Count == 0 ? null : new("non-default capabilities", $"{Containers(containers)} must not include {Quoted(added)} in securityContext.capabilities.add");
    }

    private static PodSecurityViolation? HostNamespaces(PodView pod, int minor)
    {
        var used = ((string[])["hostNetwork", "hostPID", "hostIPC"]).Where(field => pod.Spec.Flag(field) == true).Select(field => field + "=true").ToList();
        return used.Count == 0 ? null : new("host namespaces", string.Join(", ", used));
    }

    private static PodSecurityViolation? HostPaths(PodView pod, int minor)
    {
        var volumes = pod.Spec.Items("volumes").Where(volume => volume.Has("hostPath")).Select(volume => volume.Text("name") ?? "").ToList();
        return volumes.Count == 0 ? null : new("hostPath volumes", $"volume{(volumes.Count == 1 ? "" : "s")} {Quoted(volumes)}");
    }

    private static PodSecurityViolation? HostPorts(PodView pod, int minor)
    {
        var users = pod.Containers.Where(c => c.Container.Items("ports").Any(port => port.Whole("hostPort") is not (null or 0))).ToList();
        var ports = users.SelectMany(c => c.Container.Items("ports")).Select(port => port.Whole("hostPort") ?? 0).Where(port => port != 0)
            .Select(port => port.ToString(System.Globalization.CultureInfo.InvariantCulture)).Distinct().Order(StringComparer.Ordinal).ToList();
        return users.Count == 0 ? null : new(
            "hostPort",
            $"{Containers([.. users.Select(c => c.Name)])} {(users.Count == 1 ? "uses" : "use")} hostPort{(ports.Count == 1 ? "" : "s")} {string.Join(", ", ports)}");
    }

    private static PodSecurityViolation? Privileged(PodView pod, int minor)
    {
        var containers = pod.Where(security => security.Flag("privileged") == true);
        return containers.Count == 0 ? null : new("privileged", $"{Containers(containers)} must not set securityContext.privileged=true");
    }

    private static PodSecurityViolation? ProcMount(PodView pod, int minor)
    {
        var containers = pod.Where(security => security.Text("procMount") is not (null or "Default"));
        var kinds = pod.Containers.Select(c => c.Security.Text("procMount")).Where(kind => kind is not (null or "Default")).OfType<string>().Distinct().Order(StringComparer.Ordinal);
        return containers.Count == 0 ? null : new("procMount", $"{Containers(containers)} must not set securityContext.procMount to {Quoted(kinds)}");
    }

    private static PodSecurityViolation? SeLinux(PodView pod, int minor)
    {
        bool IsBadType(string type) => type is not ("" or "container_t" or "container_init_t" or "container_kvm_t") && !(type == "container_engine_t" && minor >= 31);
        bool IsBad(System.Text.Json.Nodes.JsonObject? security) => security.Map("seLinuxOptions") is { } options
            && (IsBadType(options.Text("type") ?? "") || !string.IsNullOrEmpty(options.Text("user")) || !string.IsNullOrEmpty(options.Text("role")));
        var containers = pod.Where(IsBad);
        var setters = Setters(IsBad(pod.Security), containers);
        if (setters.Length == 0)
        {
            return null;
        }

        var options = pod.Containers.Select(c => c.Security.Map("seLinuxOptions")).Append(pod.Security.Map("seLinuxOptions")).Where(o => o is not null).ToList();
        var types = options.Select(o => o.Text("type") ?? "").Where(IsBadType).Distinct().Order(StringComparer.Ordinal).ToList();
        var faults = new List<string>();
        if (types.Count > 0)
        {
            faults.Add($"type{(types.Count == 1 ? "" : "s")} {Quoted(types)}");
        }

        faults.AddRange(((string[])["user", "role"]).Where(field => options.Exists(o => !string.IsNullOrEmpty(o.Text(field)))).Select(field => field + " may not be set"));
        return new("seLinuxOptions", $"{setters} set forbidden securityContext.seLinuxOptions: {string.Join("; ", faults)}");
    }

    private static PodSecurityViolation? Seccomp(PodView pod, int minor)
    {
        if (minor >= 19)
        {
            return BadSeccomp(pod);
        }

        // Before there was a field, annotations said it.
        var forbidden = pod.Containers.Select(c => SeccompContainerAnnotation + c.Name).Prepend(SeccompPodAnnotation)
            .Select(key => (Key: key, Value: pod.Annotations.Text(key)))
            .Where(a => a.Value is { } value && value is not ("runtime/default" or "docker/default") && !value.StartsWith("localhost/", StringComparison.Ordinal))
            .Select(a => $"{a.Key}={GoText.Quote(a.Value!)}").Distinct().Order(StringComparer.Ordinal).ToList();
        return forbidden.Count == 0 ? null : new("seccompProfile", $"forbidden annotation{(forbidden.Count == 1 ? "" : "s")} {string.Join(", ", forbidden)}");
    }

    private static PodSecurityViolation? BadSeccomp(PodView pod)
    {
        var containers = pod.Where(security => SeccompOf(security) is { } type && !IsSafeSeccomp(type));
        var isPod = SeccompOf(pod.Security) is { } own && !IsSafeSeccomp(own);
        var setters = Setters(isPod, containers);
        var types = pod.Containers.Select(c => SeccompOf(c.Security)).Append(SeccompOf(pod.Security)).OfType<string>().Where(type => !IsSafeSeccomp(type)).Distinct().Order(StringComparer.Ordinal);
        return setters.Length == 0 ? null : new("seccompProfile", $"{setters} must not set securityContext.seccompProfile.type to {Quoted(types)}");
    }

    private static PodSecurityViolation? Sysctls(PodView pod, int minor)
    {
        var safe = SafeSysctls.Where(group => minor >= group.Since).SelectMany(group => group.Names).ToHashSet(StringComparer.Ordinal);
        var forbidden = pod.Security.Items("sysctls").Select(sysctl => sysctl.Text("name") ?? "").Where(name => !safe.Contains(name)).ToList();
        return forbidden.Count == 0 ? null : new("forbidden sysctls", string.Join(", ", forbidden));
    }

    private static PodSecurityViolation? HostProcess(PodView pod, int minor)
    {
        var setters = Setters(pod.Security.Map("windowsOptions").Flag("hostProcess") == true, pod.Where(security => security.Map("windowsOptions").Flag("hostProcess") == true));
        return setters.Length == 0 ? null : new("hostProcess", $"{setters} must not set securityContext.windowsOptions.hostProcess=true");
    }

    private static string? SeccompOf(System.Text.Json.Nodes.JsonObject? security) => security.Map("seccompProfile") is { } profile ? profile.Text("type") ?? "" : null;

    private static bool IsSafeSeccomp(string type) => type is "RuntimeDefault" or "Localhost";
}
