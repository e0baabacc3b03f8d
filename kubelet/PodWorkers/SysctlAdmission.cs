using Kube.Api.Core.V1;

namespace Kube.Kubelet.PodWorkers;

/// <summary>
/// Which kernel parameters a pod may set: those that are its own, so that no other pod feels them (Kubernetes 1.32's safe
/// list), and those that the node's operator allows beside them. Pure.
/// </summary>
internal static class SysctlAdmission
{
    private const string SharedMemory = "kernel.shm_rmid_forced";

    private static readonly HashSet<string> SafeNetwork =
    [
        "net.ipv4.ip_local_port_range", "net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range", "net.ipv4.ip_unprivileged_port_start",
        "net.ipv4.ip_local_reserved_ports", "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl",
        "net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem",
    ];

    private static readonly string[] InterProcess = ["kernel.shm", "kernel.msg", "kernel.sem", "fs.mqueue."];

    /// <summary>Why the pod is refused, or null. An allowed name may end in * and then stands for all that begin so.</summary>
    public static PodRejection? Check(Pod pod, IReadOnlyList<string> allowed)
    {
        foreach (string name in (pod.Spec?.SecurityContext?.Sysctls ?? []).Select(static s => s.Name!.Replace('/', '.')))
        {
            bool interProcess = name == SharedMemory || Array.Exists(InterProcess, p => name.StartsWith(p, StringComparison.Ordinal));
            bool network = name.StartsWith("net.", StringComparison.Ordinal);
            string? problem = !Listed(name, allowed) ? $"\"{name}\" not allowlisted"
                : interProcess && pod.Spec!.HostIPC ? $"\"{name}\" not allowed with host ipc enabled"
                : network && pod.Spec!.HostNetwork ? $"\"{name}\" not allowed with host net enabled"
                : null;
            if (problem is not null)
            {
                return new PodRejection("SysctlForbidden", "forbidden sysctl: " + problem);
            }
        }

        return null;
    }

    private static bool Listed(string name, IReadOnlyList<string> allowed) =>
        name == SharedMemory
        || SafeNetwork.Contains(name)
        || allowed.Any(a => a.EndsWith('*') ? name.StartsWith(a[..^1], StringComparison.Ordinal) : name == a);
}
