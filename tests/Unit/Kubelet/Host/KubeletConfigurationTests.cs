using System.CommandLine;
using System.Text;
using Kube.Hosting;
using Kube.Hosting.Configuration;
using Kube.Kubelet.Host;
using Kube.Kubelet.Host.Configuration;

namespace Kube.Kubelet.Tests.Host;

public class KubeletConfigurationTests
{
    private const string Head = "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n";

    [Fact]
    public void A_file_says_what_Kubernetes_files_say()
    {
        KubeletConfiguration configuration = Parse(
            """
            address: 10.0.0.1
            port: 10251
            maxPods: 250
            clusterDNS: [10.96.0.10]
            authentication: {x509: {clientCAFile: /ca.crt}, anonymous: {enabled: false}}
            evictionHard: {memory.available: 200Mi}
            evictionSoft: {memory.available: 300Mi}
            evictionSoftGracePeriod: {memory.available: 1m30s}
            evictionPressureTransitionPeriod: 30s
            imageGCHighThresholdPercent: 70
            imageGCLowThresholdPercent: 50
            containerLogMaxSize: 1Mi
            containerLogMaxFiles: 3
            kubeReserved: {cpu: 200m, memory: 100Mi}
            shutdownGracePeriod: 30s
            shutdownGracePeriodCriticalPods: 10s
            registerWithTaints: [{key: a, value: b, effect: NoSchedule}]
            cgroupDriver: systemd
            """);

        Assert.Equal(("10.0.0.1", 10251, 250, "/ca.crt"), (configuration.Address!.ToString(), configuration.Port, configuration.MaxPods, configuration.ClientAuthorityFile));
        Assert.Equal(["a=b:NoSchedule"], configuration.Taints!);
        Assert.Equal(["cgroupDriver"], configuration.WithoutEffect);
        Assert.Equal([("MemoryAvailable", 0.0), ("MemoryAvailable", 90.0), ("AllocatableMemoryAvailable", 0.0)], configuration.Node.Eviction().Thresholds.Select(t => (t.Signal.ToString(), t.GracePeriod.TotalSeconds)));
        Assert.Equal((70, 50), (configuration.Node.Images.HighThresholdPercent, configuration.Node.Images.LowThresholdPercent));
        Assert.Equal((1L << 20, 3), (configuration.Node.Logs.MaxSizeBytes, configuration.Node.Logs.MaxFiles));
        Assert.Equal([(0, 20.0), (2_000_000_000, 10.0)], configuration.Node.Shutdown.Steps.Select(s => (s.Priority, s.Grace.TotalSeconds)));
    }

    [Fact]
    public void An_empty_file_leaves_Kubernetes_defaults()
    {
        NodeSettings settings = Parse("").Node;

        Assert.Equal(5, settings.EvictionHard.Count);
        Assert.Equal((85, 80, 120.0), (settings.Images.HighThresholdPercent, settings.Images.LowThresholdPercent, settings.Images.MinimumAge.TotalSeconds));
        Assert.Equal((10L << 20, 5), (settings.Logs.MaxSizeBytes, settings.Logs.MaxFiles));
        Assert.Equal((10.0, 300.0, 40), (settings.Report.LookPeriod.TotalSeconds, settings.Report.ReportPeriod.TotalSeconds, settings.Report.LeaseSeconds));
        Assert.Empty(settings.Shutdown.Steps);
    }

    [Fact]
    public void Given_thresholds_replace_the_defaults_unless_they_are_merged()
    {
        Assert.Equal(["memory.available"], Parse("evictionHard: {memory.available: 1Gi}").Node.EvictionHard.Keys);
        NodeSettings merged = Parse("mergeDefaultEvictionSettings: true\nevictionHard: {memory.available: 1Gi}").Node;
        Assert.Equal((5, "1Gi"), (merged.EvictionHard.Count, merged.EvictionHard["memory.available"]));
    }

    [Fact]
    public void The_longest_wait_of_a_container_that_keeps_ending_can_be_shortened()
    {
        Assert.Equal(300, Parse("").Node.RestartBackOffMax.TotalSeconds);
        KubeletConfiguration configuration = Parse("featureGates: {KubeletCrashLoopBackOffMax: true}\ncrashLoopBackOff: {maxContainerRestartPeriod: 2s}");
        Assert.Equal(2, configuration.Node.RestartBackOffMax.TotalSeconds);
        Assert.Empty(configuration.WithoutEffect);
        Assert.Equal(["featureGates"], Parse("featureGates: {KubeletCrashLoopBackOffMax: true, Other: true}").WithoutEffect);
    }

    [Theory]
    [InlineData("maxPodz: 3", "maxPodz: unknown field")]
    [InlineData("port: 70000", "port: 70000 is not in the range 1-65535")]
    [InlineData("evictionHard: {memory.free: 1Gi}", "unsupported eviction signal memory.free")]
    [InlineData("evictionSoft: {memory.available: 1Gi}", "grace period must be specified for the soft eviction threshold memory.available")]
    [InlineData("imageGCHighThresholdPercent: 50", "imageGCLowThresholdPercent: 80 must be less than imageGCHighThresholdPercent 50")]
    [InlineData("containerLogMaxFiles: 1", "containerLogMaxFiles: 1 is not in the range 2-2147483647")]
    [InlineData("imageMinimumGCAge: soon", "imageMinimumGCAge: soon is not a duration such as 10s or 1m30s")]
    [InlineData("shutdownGracePeriod: 1s\nshutdownGracePeriodCriticalPods: 2s", "shutdownGracePeriodCriticalPods: must be at most shutdownGracePeriod")]
    [InlineData("crashLoopBackOff: {maxContainerRestartPeriod: 2s}", "crashLoopBackOff.maxContainerRestartPeriod: must not be set, feature gate KubeletCrashLoopBackOffMax is not enabled")]
    [InlineData("featureGates: {KubeletCrashLoopBackOffMax: false}\ncrashLoopBackOff: {maxContainerRestartPeriod: 2s}", "crashLoopBackOff.maxContainerRestartPeriod: must not be set, feature gate KubeletCrashLoopBackOffMax is not enabled")]
    [InlineData("featureGates: {KubeletCrashLoopBackOffMax: true}\ncrashLoopBackOff: {maxContainerRestartPeriod: 301s}", "crashLoopBackOff.maxContainerRestartPeriod: must be from 1s to 300s")]
    [InlineData("featureGates: {KubeletCrashLoopBackOffMax: true}\ncrashLoopBackOff: {maxContainerRestartPeriod: 500ms}", "crashLoopBackOff.maxContainerRestartPeriod: must be from 1s to 300s")]
    [InlineData("crashLoopBackOff: {max: 2s}", "crashLoopBackOff.max: unknown field")]
    [InlineData("kubeReserved: {cpu: some}", "kubeReserved.cpu: some is not a quantity")]
    public void What_is_wrong_is_named(string yaml, string message) => Assert.Equal(message, Assert.Throws<ConfigurationException>(() => Parse(yaml)).Message);

    [Fact]
    public void Flags_win_over_the_file()
    {
        NodeSettings settings = Flags(
            Parse("evictionHard: {memory.available: 1Gi}\ncontainerLogMaxFiles: 3").Node,
            "--eviction-hard=nodefs.available<5%,memory.available<2Gi", "--kube-reserved", "cpu=1,memory=1Gi", "--image-gc-high-threshold=90");

        Assert.Equal(["memory.available=2Gi", "nodefs.available=5%"], settings.EvictionHard.Select(p => $"{p.Key}={p.Value}").Order());
        Assert.Equal("1Gi", settings.KubeReserved["memory"].ToString());
        Assert.Equal((90, 3), (settings.Images.HighThresholdPercent, settings.Logs.MaxFiles));
    }

    [Theory]
    [InlineData("--eviction-hard=memory.available=1Gi")]
    [InlineData("--eviction-hard=memory.available<1Gi,memory.available<2Gi")]
    [InlineData("--eviction-soft=memory.available<1Gi")]
    [InlineData("--container-log-max-files=1")]
    [InlineData("--image-gc-low-threshold=90")]
    [InlineData("--eviction-pressure-transition-period=5")]
    public void A_flag_that_cannot_be_is_refused(string flag) => Assert.Throws<StartupException>(() => Flags(new NodeSettings(), flag));

    private static NodeSettings Flags(NodeSettings file, params string[] arguments)
    {
        Command command = new("kubelet");
        NodeFlags flags = new(command);
        return flags.Apply(command.Parse(arguments), file);
    }

    private static KubeletConfiguration Parse(string yaml) => KubeletConfiguration.Parse(Encoding.UTF8.GetBytes(Head + yaml));
}
