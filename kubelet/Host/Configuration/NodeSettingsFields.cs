using Kube.Api.Values;
using Kube.Hosting.Configuration;
using Kube.Kubelet.Eviction;
using Kube.Kubelet.PodWorkers;
using Kube.Kubelet.Shutdown;

namespace Kube.Kubelet.Host.Configuration;

/// <summary>The fields of a KubeletConfiguration that say how the node is looked after, with Kubernetes' checks.</summary>
internal static class NodeSettingsFields
{
    /// <summary>The feature gate behind which Kubernetes 1.32 has <c>crashLoopBackOff</c> (KEP-4603).</summary>
    public const string RestartBackOffGate = "KubeletCrashLoopBackOffMax";

    private static readonly TimeSpan LeastRestartBackOff = TimeSpan.FromSeconds(1);

    /// <exception cref="ConfigurationException">A field is not valid.</exception>
    public static NodeSettings Read(ConfigurationNode root)
    {
        NodeSettings standard = new();
        TimeSpan? look = Duration(root, "nodeStatusUpdateFrequency");
        NodeSettings settings = new()
        {
            KubeReserved = Quantities(root, "kubeReserved") ?? standard.KubeReserved,
            SystemReserved = Quantities(root, "systemReserved") ?? standard.SystemReserved,
            EvictionHard = Hard(root, standard),
            EvictionSoft = root.Map("evictionSoft") ?? standard.EvictionSoft,
            EvictionSoftGracePeriod = root.Map("evictionSoftGracePeriod") ?? standard.EvictionSoftGracePeriod,
            EvictionMinimumReclaim = root.Map("evictionMinimumReclaim") ?? standard.EvictionMinimumReclaim,
            EvictionPressureTransitionPeriod = Duration(root, "evictionPressureTransitionPeriod") ?? standard.EvictionPressureTransitionPeriod,
            EvictionMaxPodGracePeriodSeconds = root.Number("evictionMaxPodGracePeriod", 0, int.MaxValue) ?? standard.EvictionMaxPodGracePeriodSeconds,
            Images = standard.Images with
            {
                HighThresholdPercent = root.Number("imageGCHighThresholdPercent", 0, 100) ?? standard.Images.HighThresholdPercent,
                LowThresholdPercent = root.Number("imageGCLowThresholdPercent", 0, 100) ?? standard.Images.LowThresholdPercent,
                MinimumAge = Duration(root, "imageMinimumGCAge") ?? standard.Images.MinimumAge,
                MaximumAge = Duration(root, "imageMaximumGCAge") ?? standard.Images.MaximumAge,
            },
            Logs = standard.Logs with
            {
                MaxSizeBytes = root.Text("containerLogMaxSize") is { } size ? Bytes(root.At("containerLogMaxSize"), size) : standard.Logs.MaxSizeBytes,
                MaxFiles = root.Number("containerLogMaxFiles", 2, int.MaxValue) ?? standard.Logs.MaxFiles,
                Period = Duration(root, "containerLogMonitorInterval") ?? standard.Logs.Period,
            },
            Report = standard.Report with
            {
                LookPeriod = look ?? standard.Report.LookPeriod,
                // Whoever asks for looks at other times means reports.
                ReportPeriod = Duration(root, "nodeStatusReportFrequency") ?? look ?? standard.Report.ReportPeriod,
                LeaseSeconds = root.Number("nodeLeaseDurationSeconds", 1, int.MaxValue) ?? standard.Report.LeaseSeconds,
                MaxImages = root.Number("nodeStatusMaxImages", -1, int.MaxValue) ?? standard.Report.MaxImages,
            },
            VolumeStatsPeriod = Duration(root, "volumeStatsAggPeriod") ?? standard.VolumeStatsPeriod,
            RestartBackOffMax = RestartBackOff(root) ?? standard.RestartBackOffMax,
            Shutdown = Shutdown(root),
        };
        Check(settings);
        return settings;
    }

    /// <summary>Checks what hangs together; the flags come after the file and are checked again.</summary>
    /// <exception cref="ConfigurationException">Something contradicts something else.</exception>
    public static void Check(NodeSettings settings)
    {
        if (settings.Images.LowThresholdPercent >= settings.Images.HighThresholdPercent)
        {
            throw new ConfigurationException(
                $"imageGCLowThresholdPercent: {settings.Images.LowThresholdPercent} must be less than imageGCHighThresholdPercent {settings.Images.HighThresholdPercent}");
        }

        if (settings.Images.MaximumAge > TimeSpan.Zero && settings.Images.MaximumAge <= settings.Images.MinimumAge)
        {
            throw new ConfigurationException("imageMaximumGCAge: must be greater than imageMinimumGCAge");
        }

        if (settings.Shutdown.CriticalPods > settings.Shutdown.GracePeriod)
        {
            throw new ConfigurationException("shutdownGracePeriodCriticalPods: must be at most shutdownGracePeriod");
        }

        try
        {
            settings.Eviction();
        }
        catch (ThresholdException e)
        {
            throw new ConfigurationException(e.Message);
        }
    }

    private static IReadOnlyDictionary<string, string> Hard(ConfigurationNode root, NodeSettings standard)
    {
        bool merge = root.Flag("mergeDefaultEvictionSettings") ?? false;
        if (root.Map("evictionHard") is not { } given)
        {
            return standard.EvictionHard;
        }

        return merge
            ? standard.EvictionHard.Concat(given).GroupBy(p => p.Key).ToDictionary(g => g.Key, g => g.Last().Value, StringComparer.Ordinal)
            : given;
    }

    private static TimeSpan? RestartBackOff(ConfigurationNode root)
    {
        const string Field = "maxContainerRestartPeriod";
        bool isOn = root.Map("featureGates")?.GetValueOrDefault(RestartBackOffGate) == "true";
        if (root.Object("crashLoopBackOff") is not { } node)
        {
            return null;
        }

        TimeSpan? max = Duration(node, Field);
        node.End();
        return max is null ? null
            : !isOn ? throw new ConfigurationException($"{node.At(Field)}: must not be set, feature gate {RestartBackOffGate} is not enabled")
            : max >= LeastRestartBackOff && max <= ContainerBackOff.LongestRestart ? max
            : throw new ConfigurationException($"{node.At(Field)}: must be from 1s to 300s");
    }

    private static ShutdownOptions Shutdown(ConfigurationNode root)
    {
        List<(int Priority, TimeSpan Grace)> steps = [];
        foreach (ConfigurationNode step in root.Objects("shutdownGracePeriodByPodPriority"))
        {
            steps.Add((step.Number("priority", int.MinValue, int.MaxValue) ?? 0, TimeSpan.FromSeconds(step.Number("shutdownGracePeriodSeconds", 0, int.MaxValue) ?? 0)));
            step.End();
        }

        return new ShutdownOptions
        {
            GracePeriod = Duration(root, "shutdownGracePeriod") ?? TimeSpan.Zero,
            CriticalPods = Duration(root, "shutdownGracePeriodCriticalPods") ?? TimeSpan.Zero,
            ByPriority = steps,
        };
    }

    private static IReadOnlyDictionary<string, Quantity>? Quantities(ConfigurationNode root, string name) =>
        root.Map(name)?.ToDictionary(
            p => p.Key,
            p => Quantity.TryParse(p.Value, out Quantity value) && value.Sign >= 0
                ? value
                : throw new ConfigurationException($"{root.At(name)}.{p.Key}: {p.Value} is not a quantity"),
            StringComparer.Ordinal);

    private static TimeSpan? Duration(ConfigurationNode root, string name) => root.Text(name) is not { } text ? null
        : GoDuration.TryParse(text, out TimeSpan value) && value >= TimeSpan.Zero ? value
        : throw new ConfigurationException($"{root.At(name)}: {text} is not a duration such as 10s or 1m30s");

    private static long Bytes(string name, string text) =>
        Quantity.TryParse(text, out Quantity value) ? value.Value() : throw new ConfigurationException($"{name}: {text} is not a quantity");
}
