using System.Globalization;
using Kube.Api.Core.V1;
using Kube.Api.Json;
using Kube.Kubelet.Volumes;
using Cri = Kube.Proto.Cri.V1;

namespace Kube.Kubelet.PodWorkers;

/// <summary>Turns a pod's specification into the configurations of its sandbox and containers.</summary>
internal sealed partial class ContainerConfigBuilder(KubeletNode node, ContainerEnvironment environment, string podsDirectory, bool sharesHost)
{
    private const string DefaultTerminationPath = "/dev/termination-log";
    private const string HostResolver = "/etc/resolv.conf";

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
            Hostname = hostNetwork ? "" : KernelHostname(pod),
            LogDirectory = LogDirectory(pod),
            DnsConfig = Resolver(pod).Config,
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

    /// <summary>The pod's resolver settings, and what to tell its user of them.</summary>
    public PodResolver Resolver(Pod pod)
    {
        if (sharesHost)
        {
            // Containers read the host's own file.
            return new PodResolver(new Cri.DNSConfig(), []);
        }

        ResolverFile host = File.Exists(HostResolver) ? ResolverFile.Parse(File.ReadLines(HostResolver)) : ResolverFile.Empty;
        return PodDns.Of(pod, node.ClusterDns, node.ClusterDomain, host);
    }

    /// <summary>The configuration of one start of a container.</summary>
    /// <param name="targetId">The container whose processes this one is to see, for ephemeral containers that name one.</param>
    /// <exception cref="ContainerConfigException">The container refers to something that is not there.</exception>
    public async Task<Cri.ContainerConfig> ContainerAsync(
        Pod pod,
        Container container,
        int restartCount,
        string imageRef,
        PodStatus status,
        IReadOnlyDictionary<string, MountedVolume> volumes,
        string? targetId,
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
                Resources = ContainerResources.Of(pod, container, node.MemoryBytes, node.GroupsAreUnified),
                SecurityContext = SecurityContextBuilder.Of(pod, container, Namespaces(pod, targetId), node.SeccompDirectory),
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
        if (container.Resources is { } resources)
        {
            config.Annotations[KubeletLabels.Resources] = KubeJson.SerializeToString(resources);
        }

        config.Annotations[KubeletLabels.GracePeriod] = pod.GraceSeconds().ToString(CultureInfo.InvariantCulture);
        return config;
    }

    /// <summary>The directory that holds the logs of the pod's containers.</summary>
    public string LogDirectory(Pod pod) => Path.Combine(node.LogDirectory, $"{pod.Metadata.Namespace}_{pod.Metadata.Name}_{pod.Uid()}");

    /// <summary>A container's log, relative to the pod's log directory.</summary>
    public static string LogPath(string container, int restartCount) => string.Create(CultureInfo.InvariantCulture, $"{container}/{restartCount}.log");

    /// <summary>What the kernel calls the pod: its host name, or the whole of it with the domain where the pod wants that.</summary>
    /// <exception cref="ContainerConfigException">That is longer than the kernel takes.</exception>
    private string KernelHostname(Pod pod)
    {
        const int MaxLength = 64;
        string whole = pod.Spec?.SetHostnameAsFQDN == true && Domain(pod) is { Length: > 0 } domain ? $"{Hostname(pod)}.{domain}" : Hostname(pod);
        return whole.Length <= MaxLength ? whole : throw new ContainerConfigException(
            $"failed to construct FQDN from pod hostname and cluster domain, FQDN {whole} is too long ({MaxLength} characters is the max, {whole.Length} characters requested)");
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

    private static Cri.NamespaceOption Namespaces(Pod pod, string? targetId = null) => new()
    {
        TargetId = targetId ?? "",
        Network = pod.Spec?.HostNetwork == true ? Cri.NamespaceMode.Node : Cri.NamespaceMode.Pod,
        Ipc = pod.Spec?.HostIPC == true ? Cri.NamespaceMode.Node : Cri.NamespaceMode.Pod,
        Pid = targetId is not null ? Cri.NamespaceMode.Target
            : pod.Spec?.HostPID == true ? Cri.NamespaceMode.Node
            : pod.Spec?.ShareProcessNamespace == true ? Cri.NamespaceMode.Pod : Cri.NamespaceMode.Container,
    };
}
