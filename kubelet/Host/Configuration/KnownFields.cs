namespace Kube.Kubelet.Host.Configuration;

/// <summary>Fields of Kubernetes' KubeletConfiguration.</summary>
internal static class KnownFields
{
    /// <summary>Those that this kubelet has no use for: what they tune is not there or cannot be tuned.</summary>
    public static readonly IReadOnlySet<string> WithoutEffect = new HashSet<string>(StringComparer.Ordinal)
    {
        "authorization", "cgroupDriver", "cgroupsPerQOS", "configMapAndSecretChangeDetectionStrategy", "containerLogMaxWorkers",
        "contentType", "contentionProfiling", "cpuCFSQuota", "cpuCFSQuotaPeriod", "cpuManagerPolicy", "cpuManagerPolicyOptions",
        "cpuManagerReconcilePeriod", "enableContentionProfiling", "enableControllerAttachDetach", "enableDebugFlagsHandler",
        "enableDebuggingHandlers", "enableProfilingHandler", "enableServer", "enableSystemLogHandler", "enableSystemLogQuery",
        "enforceNodeAllocatable", "eventBurst", "eventRecordQPS", "failCgroupV1", "failSwapOn", "featureGates", "fileCheckFrequency",
        "hairpinMode", "healthzBindAddress", "httpCheckFrequency", "imageServiceEndpoint", "iptablesDropBit", "iptablesMasqueradeBit",
        "kernelMemcgNotification", "kubeAPIBurst", "kubeAPIQPS", "kubeReservedCgroup", "kubeletCgroups", "localStorageCapacityIsolation",
        "logging", "makeIPTablesUtilChains", "maxOpenFiles", "maxParallelImagePulls", "memoryManagerPolicy", "memorySwap",
        "memoryThrottlingFactor", "oomScoreAdj", "podCIDR", "podLogsDir", "podPidsLimit", "podsPerCore", "protectKernelDefaults", "providerID",
        "qosReserved", "readOnlyPort", "registerNode", "registryBurst", "registryPullQPS", "reservedMemory", "reservedSystemCPUs",
        "resolvConf", "rotateCertificates", "runOnce", "runtimeRequestTimeout", "seccompDefault", "serializeImagePulls", "serverTLSBootstrap",
        "showHiddenMetricsForVersion", "singleProcessOOMKill", "staticPodURL", "staticPodURLHeader", "streamingConnectionIdleTimeout",
        "syncFrequency", "systemCgroups", "systemReservedCgroup", "tlsCipherSuites", "tlsMinVersion", "topologyManagerPolicy",
        "topologyManagerPolicyOptions", "topologyManagerScope", "tracing", "volumePluginDir",
    };
}
