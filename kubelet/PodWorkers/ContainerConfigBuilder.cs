using System.Globalization;
using Kube.Api.Core.V1;
using Cri = Kube.Proto.Cri.V1;

namespace Kube.Kubelet.PodWorkers;

/// <summary>Turns a pod's specification into the configurations of its sandbox and containers.</summary>
internal sealed class ContainerConfigBuilder(KubeletNode node, ContainerEnvironment environment, string podsDirectory, bool sharesHost)
{
    private const string DefaultTerminationPath = "/dev/termination-log";

    public Cri.PodSandboxConfig Sandbox(Pod pod, uint attempt)
    {
        bool hostNetwork = pod.Spec?.HostNetwork ?? false;
        Cri.PodSandboxConfig config = new()
        {
            Metadata = new Cri.PodSandboxMetadata
            {
                Name = pod.Metadata.Name,
                Namespace = pod.Metadata.Namespace,
                Uid = pod.Uid(),
                Attempt = attempt,
            },
            Hostname = hostNetwork ? "" : Hostname(pod),
            LogDirectory = LogDirectory(pod),
            DnsConfig = Dns(pod),
            Linux = new Cri.LinuxPodSandboxConfig
            {
                CgroupParent = CgroupParent(pod),
                SecurityContext = new Cri.LinuxSandboxSecurityContext
                {
                    NamespaceOptions = Namespaces(pod),
                    Privileged = pod.AllContainers().Any(c => c.SecurityContext?.Privileged == true),
                    Seccomp = new Cri.SecurityProfile { ProfileType = Cri.SecurityProfile.Types.ProfileType.RuntimeDefault },
                },
            },
        };
        config.Labels.Add(pod.Metadata.Labels ?? []);
        config.Labels[KubeletLabels.PodName] = pod.Metadata.Name!;
        config.Labels[KubeletLabels.PodNamespace] = pod.Metadata.Namespace!;
        config.Labels[KubeletLabels.PodUid] = pod.Uid();
        config.Labels[KubeletLabels.Kubelet] = node.Name;
        config.Annotations.Add(pod.Metadata.Annotations ?? []);
        foreach (Sysctl sysctl in pod.Spec?.SecurityContext?.Sysctls ?? [])
        {
            config.Linux.Sysctls[sysctl.Name!] = sysctl.Value ?? "";
        }

        foreach (ContainerPort port in pod.AllContainers().SelectMany(c => c.Ports ?? []).Where(p => p.HostPort > 0 && !hostNetwork))
        {
            config.PortMappings.Add(new Cri.PortMapping
            {
                ContainerPort = port.ContainerPortValue,
                HostPort = port.HostPort,
                HostIp = port.HostIP ?? "",
                Protocol = port.Protocol switch { "UDP" => Cri.Protocol.Udp, "SCTP" => Cri.Protocol.Sctp, _ => Cri.Protocol.Tcp },
            });
        }

        return config;
    }

    /// <exception cref="ContainerConfigException">The container refers to something that is not there.</exception>
    public async Task<Cri.ContainerConfig> ContainerAsync(
        Pod pod,
        Container container,
        int restartCount,
        string imageRef,
        PodStatus status,
        IReadOnlyDictionary<string, string> volumes,
        CancellationToken cancellation)
    {
        IReadOnlyDictionary<string, string> variables = await environment.BuildAsync(pod, container, status, cancellation);
        string terminationPath = container.TerminationMessagePath is { Length: > 0 } path ? path : DefaultTerminationPath;
        Cri.ContainerConfig config = new()
        {
            Metadata = new Cri.ContainerMetadata { Name = container.Name, Attempt = (uint)restartCount },
            Image = new Cri.ImageSpec { Image = imageRef, UserSpecifiedImage = container.Image },
            WorkingDir = container.WorkingDir ?? "",
            LogPath = LogPath(container.Name!, restartCount),
            Stdin = container.Stdin,
            StdinOnce = container.StdinOnce,
            Tty = container.Tty,
            Linux = new Cri.LinuxContainerConfig
            {
                Resources = ContainerResources.Of(pod, container, node.MemoryBytes),
                SecurityContext = SecurityContextBuilder.Of(pod, container, Namespaces(pod)),
            },
        };
        config.Command.Add((container.Command ?? []).Select(a => Expansion.Expand(a, variables)));
        config.Args.Add((container.Args ?? []).Select(a => Expansion.Expand(a, variables)));
        config.Envs.Add(variables.Select(v => new Cri.KeyValue { Key = v.Key, Value = v.Value }));
        AddMounts(config, pod, container, status, variables, volumes, terminationPath, restartCount);
        config.Labels[KubeletLabels.ContainerName] = container.Name!;
        config.Labels[KubeletLabels.PodName] = pod.Metadata.Name!;
        config.Labels[KubeletLabels.PodNamespace] = pod.Metadata.Namespace!;
        config.Labels[KubeletLabels.PodUid] = pod.Uid();
        config.Labels[KubeletLabels.Kubelet] = node.Name;
        config.Annotations[KubeletLabels.ContainerHash] = container.Hash();
        config.Annotations[KubeletLabels.RestartCount] = restartCount.ToString(CultureInfo.InvariantCulture);
        config.Annotations[KubeletLabels.TerminationMessagePath] = terminationPath;
        config.Annotations[KubeletLabels.TerminationMessagePolicy] = container.TerminationMessagePolicy ?? "File";
        config.Annotations[KubeletLabels.GracePeriod] = pod.GraceSeconds().ToString(CultureInfo.InvariantCulture);
        return config;
    }

    /// <summary>The directory that holds the logs of the pod's containers.</summary>
    public string LogDirectory(Pod pod) => Path.Combine(node.LogDirectory, $"{pod.Metadata.Namespace}_{pod.Metadata.Name}_{pod.Uid()}");

    /// <summary>A container's log, relative to the pod's log directory.</summary>
    public static string LogPath(string container, int restartCount) => string.Create(CultureInfo.InvariantCulture, $"{container}/{restartCount}.log");

    private void AddMounts(
        Cri.ContainerConfig config,
        Pod pod,
        Container container,
        PodStatus status,
        IReadOnlyDictionary<string, string> variables,
        IReadOnlyDictionary<string, string> volumes,
        string terminationPath,
        int restartCount)
    {
        foreach (VolumeMount mount in container.VolumeMounts ?? [])
        {
            if (!volumes.TryGetValue(mount.Name!, out string? hostPath))
            {
                throw new ContainerConfigException($"cannot find volume \"{mount.Name}\" to mount into container \"{container.Name}\"");
            }

            string subPath = mount.SubPathExpr is { Length: > 0 } expression ? Expansion.Expand(expression, variables) : mount.SubPath ?? "";
            config.Mounts.Add(new Cri.Mount
            {
                HostPath = subPath.Length > 0 ? SubPath(hostPath, subPath) : hostPath,
                ContainerPath = mount.MountPath!.StartsWith('/') ? mount.MountPath : "/" + mount.MountPath,
                Readonly = mount.ReadOnly,
                Propagation = mount.MountPropagation switch
                {
                    "HostToContainer" => Cri.MountPropagation.PropagationHostToContainer,
                    "Bidirectional" => Cri.MountPropagation.PropagationBidirectional,
                    _ => Cri.MountPropagation.PropagationPrivate,
                },
            });
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

    private static string SubPath(string volume, string subPath)
    {
        string path = Path.GetFullPath(Path.Combine(volume, subPath));
        if (path != volume && !path.StartsWith(volume + "/", StringComparison.Ordinal))
        {
            throw new ContainerConfigException($"subPath \"{subPath}\" leaves the volume");
        }

        if (!Path.Exists(path))
        {
            Directory.CreateDirectory(path);
        }

        return path;
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
            string domain = pod.Spec?.Subdomain is { Length: > 0 } subdomain
                ? $"{Hostname(pod)}.{subdomain}.{pod.Metadata.Namespace}.svc.{node.ClusterDomain}\t"
                : "";
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

    private static string Hostname(Pod pod)
    {
        const int MaxLength = 63;
        string name = pod.Spec?.Hostname is { Length: > 0 } given ? given : pod.Metadata.Name!;
        return name.Length > MaxLength ? name[..MaxLength].TrimEnd('-', '.') : name;
    }

    private string CgroupParent(Pod pod)
    {
        if (node.CgroupParent.Length == 0)
        {
            return "";
        }

        string pods = node.CgroupParent.TrimEnd('/') + "/kubepods";
        return QosClass.Of(pod) switch
        {
            QosClass.Guaranteed => $"{pods}/pod{pod.Uid()}",
            QosClass.Burstable => $"{pods}/burstable/pod{pod.Uid()}",
            _ => $"{pods}/besteffort/pod{pod.Uid()}",
        };
    }

    private static Cri.NamespaceOption Namespaces(Pod pod) => new()
    {
        Network = pod.Spec?.HostNetwork == true ? Cri.NamespaceMode.Node : Cri.NamespaceMode.Pod,
        Ipc = pod.Spec?.HostIPC == true ? Cri.NamespaceMode.Node : Cri.NamespaceMode.Pod,
        Pid = pod.Spec?.HostPID == true ? Cri.NamespaceMode.Node
            : pod.Spec?.ShareProcessNamespace == true ? Cri.NamespaceMode.Pod : Cri.NamespaceMode.Container,
    };

    private Cri.DNSConfig Dns(Pod pod)
    {
        Cri.DNSConfig config = new();
        bool cluster = pod.Spec?.DnsPolicy is "ClusterFirstWithHostNet"
            || (pod.Spec?.DnsPolicy is null or "" or "ClusterFirst" && pod.Spec?.HostNetwork != true);
        if (cluster && node.ClusterDns.Count > 0)
        {
            string domain = node.ClusterDomain;
            config.Servers.Add(node.ClusterDns);
            config.Searches.Add([$"{pod.Metadata.Namespace}.svc.{domain}", $"svc.{domain}", domain]);
            config.Options.Add("ndots:5");
        }
        else if (pod.Spec?.DnsPolicy != "None" && File.Exists("/etc/resolv.conf"))
        {
            foreach (string[] words in File.ReadLines("/etc/resolv.conf").Select(l => l.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)))
            {
                switch (words)
                {
                    case ["nameserver", var server, ..]:
                        config.Servers.Add(server);
                        break;
                    case ["search", .. var domains]:
                        config.Searches.Add(domains);
                        break;
                    case ["options", .. var options]:
                        config.Options.Add(options);
                        break;
                }
            }
        }

        config.Servers.Add(pod.Spec?.DnsConfig?.Nameservers ?? []);
        config.Searches.Add(pod.Spec?.DnsConfig?.Searches ?? []);
        config.Options.Add((pod.Spec?.DnsConfig?.Options ?? []).Select(o => o.Value is { Length: > 0 } ? $"{o.Name}:{o.Value}" : o.Name!));
        return config;
    }
}
