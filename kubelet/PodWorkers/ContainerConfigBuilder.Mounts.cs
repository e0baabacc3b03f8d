using System.Globalization;
using Kube.Api.Core.V1;
using Kube.Kubelet.Volumes;
using Cri = Kube.Proto.Cri.V1;

namespace Kube.Kubelet.PodWorkers;

internal sealed partial class ContainerConfigBuilder
{
    private void AddMounts(
        Cri.ContainerConfig config,
        Pod pod,
        Container container,
        PodStatus status,
        IReadOnlyDictionary<string, string> variables,
        IReadOnlyDictionary<string, MountedVolume> volumes,
        string terminationPath,
        int restartCount)
    {
        List<VolumeMount> wanted = container.VolumeMounts ?? [];
        for (int i = 0; i < wanted.Count; i++)
        {
            config.Mounts.Add(ToMount(pod, container, wanted[i], i, variables, volumes));
        }

        if (!sharesHost && !config.Mounts.Any(m => m.ContainerPath == "/etc/hosts"))
        {
            config.Mounts.Add(new Cri.Mount { HostPath = EtcHosts(pod, status), ContainerPath = "/etc/hosts" });
        }

        string messages = Path.Combine(podsDirectory, pod.Uid(), "containers", container.Name!);
        Directory.CreateDirectory(messages);
        string messageFile = Path.Combine(messages, string.Create(CultureInfo.InvariantCulture, $"termination-{restartCount}"));
        File.WriteAllBytes(messageFile, []);
        File.SetUnixFileMode(messageFile, (UnixFileMode)0x1B6); // 0666: the container's user writes it
        config.Mounts.Add(new Cri.Mount { HostPath = messageFile, ContainerPath = terminationPath });
    }

    private Cri.Mount ToMount(
        Pod pod,
        Container container,
        VolumeMount mount,
        int number,
        IReadOnlyDictionary<string, string> variables,
        IReadOnlyDictionary<string, MountedVolume> volumes)
    {
        if (!volumes.TryGetValue(mount.Name!, out MountedVolume? volume))
        {
            throw new ContainerConfigException($"cannot find volume \"{mount.Name}\" to mount into container \"{container.Name}\"");
        }

        if (mount.RecursiveReadOnly is "Enabled")
        {
            // The version of CRI that is spoken here has no word for it; IfPossible asks for no more than it gets.
            throw new ContainerConfigException(
                $"failed to resolve recursive read-only mode: volume \"{mount.Name}\" requested recursive read-only mode, but it is not supported by the runtime");
        }

        string subPath = mount.SubPathExpr is { Length: > 0 } expression ? ExpandSubPath(expression, variables) : mount.SubPath ?? "";
        return new Cri.Mount
        {
            HostPath = subPath.Length > 0 ? SubPath(pod, container, mount, number, volume.Path, subPath) : volume.Path,
            ContainerPath = mount.MountPath!.StartsWith('/') ? mount.MountPath : "/" + mount.MountPath,
            Readonly = mount.ReadOnly || volume.IsReadOnly,
            Propagation = mount.MountPropagation switch
            {
                "HostToContainer" => Cri.MountPropagation.PropagationHostToContainer,
                "Bidirectional" => Cri.MountPropagation.PropagationBidirectional,
                _ => Cri.MountPropagation.PropagationPrivate,
            },
        };
    }

    private static string ExpandSubPath(string expression, IReadOnlyDictionary<string, string> variables)
    {
        SortedSet<string> missing = new(StringComparer.Ordinal);
        string expanded = Expansion.Expand(expression, name =>
        {
            string? value = variables.GetValueOrDefault(name);
            if (string.IsNullOrEmpty(value))
            {
                missing.Add(name);
            }

            return value;
        });
        return missing.Count > 0 ? throw new ContainerConfigException("missing value for " + string.Join(", ", missing)) : expanded;
    }

    private string SubPath(Pod pod, Container container, VolumeMount mount, int number, string volume, string subPath)
    {
        if (subPath.StartsWith('/'))
        {
            throw new ContainerConfigException($"error SubPath `{subPath}` must not be an absolute path");
        }

        if (subPath.Split('/').Contains(".."))
        {
            throw new ContainerConfigException($"unable to provision SubPath `{subPath}`: must not contain '..'");
        }

        // Only root can bind, and only containers with a view of their own need it.
        string? place = sharesHost || !Environment.IsPrivilegedProcess
            ? null
            : VolumeManager.SubPathPlace(Path.Combine(podsDirectory, pod.Uid()), mount.Name!, container.Name!, number);
        try
        {
            return SubPaths.Prepare(volume, subPath, place);
        }
        catch (IOException)
        {
            // No more is said, for it would tell of the host's files.
            throw new ContainerConfigException($"failed to prepare subPath for volumeMount \"{mount.Name}\" of container \"{container.Name}\"");
        }
    }

    private string EtcHosts(Pod pod, PodStatus status)
    {
        string path = Path.Combine(podsDirectory, pod.Uid(), "etc-hosts");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        List<string> lines = ["# Kubernetes-managed hosts file."];
        if (pod.Spec?.HostNetwork ?? false)
        {
            lines = ["# Kubernetes-managed hosts file (host network).", .. File.Exists("/etc/hosts") ? File.ReadAllLines("/etc/hosts") : []];
        }
        else
        {
            lines.AddRange(
            [
                "127.0.0.1\tlocalhost", "::1\tlocalhost ip6-localhost ip6-loopback", "fe00::0\tip6-localnet",
                "fe00::0\tip6-mcastprefix", "fe00::1\tip6-allnodes", "fe00::2\tip6-allrouters",
            ]);
            string domain = Domain(pod) is { Length: > 0 } own ? $"{Hostname(pod)}.{own}\t" : "";
            lines.AddRange((status.PodIPs ?? []).Select(ip => $"{ip.Ip}\t{domain}{Hostname(pod)}"));
        }

        if (pod.Spec?.HostAliases is { Count: > 0 } aliases)
        {
            lines.Add("");
            lines.Add("# Entries added by HostAliases.");
            lines.AddRange(aliases.Select(a => $"{a.Ip}\t{string.Join('\t', a.Hostnames ?? [])}"));
        }

        File.WriteAllLines(path, lines);
        return path;
    }

    /// <summary>The domain of a pod that names a subdomain; empty for others.</summary>
    private string Domain(Pod pod) =>
        pod.Spec?.Subdomain is { Length: > 0 } subdomain ? $"{subdomain}.{pod.Metadata.Namespace}.svc.{node.ClusterDomain}" : "";

    private static string Hostname(Pod pod)
    {
        const int MaxLength = 63;
        string name = pod.Spec?.Hostname is { Length: > 0 } given ? given : pod.Metadata.Name!;
        return name.Length > MaxLength ? name[..MaxLength].TrimEnd('-', '.') : name;
    }
}
