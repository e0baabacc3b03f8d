using Kube.Api.Core.V1;
using Cri = Kube.Proto.Cri.V1;

namespace Kube.Kubelet.PodWorkers;

/// <summary>A container's security settings: its own over its pod's. Pure.</summary>
internal static class SecurityContextBuilder
{
    private static readonly string[] Masked =
    [
        "/proc/asound", "/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
        "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware", "/sys/devices/virtual/powercap",
    ];

    private static readonly string[] ReadOnly = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

    public static Cri.LinuxContainerSecurityContext Of(Pod pod, Container container, Cri.NamespaceOption namespaces, string seccompDirectory)
    {
        SecurityContext own = container.SecurityContext ?? new SecurityContext();
        PodSecurityContext shared = pod.Spec?.SecurityContext ?? new PodSecurityContext();
        bool privileged = own.Privileged == true;
        Cri.LinuxContainerSecurityContext context = new()
        {
            NamespaceOptions = namespaces,
            Privileged = privileged,
            ReadonlyRootfs = own.ReadOnlyRootFilesystem == true,
            NoNewPrivs = own.AllowPrivilegeEscalation == false,
            Capabilities = new Cri.Capability(),
            Seccomp = privileged ? Unconfined() : Seccomp(own.SeccompProfile ?? shared.SeccompProfile, seccompDirectory),
        };
        if ((own.RunAsUser ?? shared.RunAsUser) is { } user)
        {
            context.RunAsUser = new Cri.Int64Value { Value = user };
        }

        if ((own.RunAsGroup ?? shared.RunAsGroup) is { } group)
        {
            context.RunAsGroup = new Cri.Int64Value { Value = group };
        }

        context.SupplementalGroups.Add(shared.SupplementalGroups ?? []);
        if (shared.FsGroup is { } fsGroup)
        {
            context.SupplementalGroups.Add(fsGroup);
        }

        context.Capabilities.AddCapabilities.Add(own.Capabilities?.Add ?? []);
        context.Capabilities.DropCapabilities.Add(own.Capabilities?.Drop ?? []);
        if (!privileged && own.ProcMount != "Unmasked")
        {
            context.MaskedPaths.Add(Masked);
            context.ReadonlyPaths.Add(ReadOnly);
        }

        return context;
    }

    /// <summary>Why the container may not run as the user it would have, or null when it may.</summary>
    public static string? ViolatesNonRoot(Pod pod, Container container, Cri.Image? image)
    {
        if ((container.SecurityContext?.RunAsNonRoot ?? pod.Spec?.SecurityContext?.RunAsNonRoot) != true)
        {
            return null;
        }

        if ((container.SecurityContext?.RunAsUser ?? pod.Spec?.SecurityContext?.RunAsUser) is { } user)
        {
            return user == 0
                ? $"container's runAsUser breaks non-root policy (pod: \"{pod.Describe()}\", container: {container.Name})"
                : null;
        }

        return image?.Username is { Length: > 0 } name
            ? $"container has runAsNonRoot and image has non-numeric user ({name}), cannot verify user is non-root (pod: \"{pod.Describe()}\", container: {container.Name})"
            : image?.Uid is { Value: not 0 } ? null
            : $"container has runAsNonRoot and image will run as root (pod: \"{pod.Describe()}\", container: {container.Name})";
    }

    /// <summary>A profile of the node is a file below the kubelet's directory for them.</summary>
    private static Cri.SecurityProfile Seccomp(SeccompProfile? profile, string directory) => profile?.Type switch
    {
        "RuntimeDefault" => new Cri.SecurityProfile { ProfileType = Cri.SecurityProfile.Types.ProfileType.RuntimeDefault },
        "Localhost" => new Cri.SecurityProfile
        {
            ProfileType = Cri.SecurityProfile.Types.ProfileType.Localhost,
            LocalhostRef = Path.Combine(directory, profile.LocalhostProfile ?? ""),
        },
        _ => Unconfined(),
    };

    private static Cri.SecurityProfile Unconfined() => new() { ProfileType = Cri.SecurityProfile.Types.ProfileType.Unconfined };
}
