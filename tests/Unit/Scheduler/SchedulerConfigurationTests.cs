using System.Text;
using Kube.Scheduler.Framework;
using Kube.Scheduler.Host.Configuration;
using Kube.Scheduler.Plugins.NodeResourcesFit;

namespace Kube.Scheduler.Tests;

public class SchedulerConfigurationTests
{
    private const string Failed = "initializing profiles: creating profile for scheduler name default-scheduler: ";
    private const string Head = "apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n";

    [Fact]
    public void A_bare_file_is_the_default()
    {
        var read = Parse(string.Empty);
        Assert.Equal("default-scheduler", Assert.Single(read.Profiles).SchedulerName);
        Assert.Equal(Plugins.DefaultProfile.Create().Plugins.Select(plugin => plugin.Name), read.Profiles[0].Plugins.Select(plugin => plugin.Name));
    }

    [Fact]
    public void Profiles_set_plugins_weights_and_arguments()
    {
        var read = Parse("""
            podInitialBackoffSeconds: 2
            podMaxBackoffSeconds: 20
            percentageOfNodesToScore: 30
            leaderElection: {leaderElect: false}
            clientConnection: {kubeconfig: /etc/kubernetes/scheduler.conf}
            profiles:
            - schedulerName: packer
              plugins:
                score:
                  disabled: [{name: "*"}]
                  enabled: [{name: NodeResourcesFit, weight: 5}]
                multiPoint:
                  disabled: [{name: DefaultPreemption}]
              pluginConfig:
              - name: NodeResourcesFit
                args:
                  apiVersion: kubescheduler.config.k8s.io/v1
                  kind: NodeResourcesFitArgs
                  scoringStrategy: {type: MostAllocated, resources: [{name: cpu, weight: 1}]}
            - schedulerName: default-scheduler
            """);
        Assert.Equal((TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(20)), (read.Queue.InitialBackoff, read.Queue.MaxBackoff));
        Assert.Equal((false, "/etc/kubernetes/scheduler.conf"), (read.LeaderElect, read.Kubeconfig));
        var packer = read.Profiles[0];
        Assert.Equal(30, packer.PercentageOfNodesToScore);
        Assert.Empty(packer.PostFilter);
        Assert.Empty(packer.ClusterScore);
        Assert.Equal(6, packer.ClusterFilter.Count);
        var fit = Assert.Single(packer.Score);
        Assert.Equal(5, packer.WeightOf(fit));
        Assert.Equal(75, fit.Score(Build.Info("p", "1"), Build.NodeInfo(Build.Node("n"), Build.Info("other", "2"))));
        Assert.Single(read.Profiles[1].PostFilter);
    }

    [Theory]
    [InlineData("profils: []", "strict decoding error: unknown field \"profils\"")]
    [InlineData("profiles: [{plugins: {filtre: {}}}]", "strict decoding error: unknown field \"profiles[0].plugins.filtre\"")]
    [InlineData("profiles: [{pluginConfig: [{name: NodeName, args: {a: 1}}]}]", "strict decoding error: unknown field \"profiles[0].pluginConfig[0].args.a\"")]
    [InlineData("profiles: [{plugins: {filter: {enabled: [{name: Nope}]}}}]", Failed + "FilterPlugin \"Nope\" does not exist")]
    [InlineData("profiles: [{plugins: {score: {enabled: [{name: NodeName}]}}}]", Failed + "plugin \"NodeName\" does not extend ScorePlugin plugin")]
    [InlineData("profiles: [{plugins: {filter: {enabled: [{name: NodeName}, {name: NodeName}]}}}]", Failed + "plugin \"NodeName\" already registered as \"FilterPlugin\"")]
    [InlineData("profiles: [{plugins: {filter: {enabled: [{name: EBSLimits}]}}}]",
        "profiles[0].plugins.filter.enabled[0]: Invalid value: \"EBSLimits\": was invalid in version \"v1\" (KubeSchedulerConfiguration is version \"kubescheduler.config.k8s.io/v1\")")]
    [InlineData("profiles: [{}, {}]", "profiles[1].schedulerName: Duplicate value: \"profiles[0].schedulerName\"")]
    [InlineData("profiles: [{schedulerName: ''}]", "profiles[0].schedulerName: Required value")]
    [InlineData("profiles: [{plugins: {queueSort: {disabled: [{name: '*'}]}}}]",
        Failed + "only one queue sort plugin required for profile with scheduler name \"default-scheduler\", but got 0")]
    [InlineData("profiles: [{plugins: {bind: {disabled: [{name: '*'}]}}}]",
        Failed + "at least one bind plugin is needed for profile with scheduler name \"default-scheduler\"")]
    [InlineData("percentageOfNodesToScore: 101", "percentageOfNodesToScore: Invalid value: 101: not in valid range [0-100]")]
    [InlineData("parallelism: 0", "parallelism: Invalid value: 0: should be an integer value greater than zero")]
    [InlineData("podInitialBackoffSeconds: 0", "podInitialBackoffSeconds: Invalid value: 0: must be greater than 0")]
    [InlineData("podInitialBackoffSeconds: 11", "podMaxBackoffSeconds: Invalid value: 10: must be greater than or equal to PodInitialBackoffSeconds")]
    [InlineData("clientConnection: {burst: -1}", "clientConnection.burst: Invalid value: -1: must be non-negative")]
    [InlineData("leaderElection: {leaseDuration: 5s}", "leaderElection.leaseDuration: Invalid value: \"10s\": LeaseDuration must be greater than RenewDeadline")]
    [InlineData("leaderElection: {resourceLock: endpoints}", "leaderElection.resourceLock: Invalid value: \"endpoints\": resourceLock value must be \"leases\"")]
    [InlineData("leaderElection: {retryPeriod: fast}", "leaderElection.retryPeriod: time: invalid duration \"fast\"")]
    [InlineData("extenders: [{urlPrefix: 'nowhere'}]", "extenders[0].urlPrefix: Invalid value: \"nowhere\": must be an http or https URL")]
    [InlineData("extenders: [{urlPrefix: 'http://x', prioritizeVerb: p}]", "extenders[0].weight: Invalid value: 0: must have a positive weight applied to it")]
    [InlineData("extenders: [{urlPrefix: 'http://x', bindVerb: b}, {urlPrefix: 'http://y', bindVerb: b}]",
        "extenders: Invalid value: \"found 2 extenders implementing bind\": only one extender can implement bind")]
    [InlineData("extenders: [{urlPrefix: 'http://x', managedResources: [{name: cpu}]}]", "extenders[0].managedResources[0].name: Invalid value: \"cpu\": is an invalid extended resource name")]
    [InlineData("extenders: [{urlPrefix: 'http://x', managedResources: [{name: e.com/a}]}, {urlPrefix: 'http://y', managedResources: [{name: e.com/a}]}]",
        "extenders[1].managedResources[0].name: Invalid value: \"e.com/a\": duplicate extender managed resource name")]
    [InlineData("extenders: [{urlPrefix: 'http://x', tlsConfig: {caData: '?'}}]", "extenders[0].tlsConfig.caData: must be base64")]
    [InlineData("extenders: [{urlPrefix: 'http://x', verb: v}]", "strict decoding error: unknown field \"extenders[0].verb\"")]
    [InlineData("delayCacheUntilActive: true", "delayCacheUntilActive: Forbidden: not built: the caches are filled from the start")]
    public void What_is_wrong_is_named(string text, string error) =>
        Assert.Equal(error, Assert.Throws<ConfigurationException>(() => Parse(text)).Message);

    [Theory]
    [InlineData("NodeResourcesFit", "scoringStrategy: {type: Best}",
        "scoringStrategy.type: Unsupported value: \"Best\": supported values: \"LeastAllocated\", \"MostAllocated\", \"RequestedToCapacityRatio\"")]
    [InlineData("NodeResourcesFit", "scoringStrategy: {resources: [{name: cpu, weight: 101}]}",
        "scoringStrategy.resources[0].weight: Invalid value: 101: resource weight of cpu not in valid range (0, 100]")]
    [InlineData("NodeResourcesFit", "scoringStrategy: {type: RequestedToCapacityRatio}",
        "scoringStrategy.requestedToCapacityRatio: Required value: must be specified when type is RequestedToCapacityRatio")]
    [InlineData("NodeResourcesFit", "scoringStrategy: {type: RequestedToCapacityRatio, requestedToCapacityRatio: {shape: [{utilization: 5, score: 1}, {utilization: 5, score: 2}]}}",
        "scoringStrategy.requestedToCapacityRatio.shape[1].utilization: Invalid value: 5: values must be sorted in increasing order")]
    [InlineData("NodeResourcesFit", "scoringStrategy: {requestedToCapacityRatio: {shape: [{utilization: 5, score: 11}]}}",
        "scoringStrategy.requestedToCapacityRatio.shape[0].score: Invalid value: 11: not in valid range [0, 10]",
        "scoringStrategy.requestedToCapacityRatio: Forbidden: must be nil when type is not RequestedToCapacityRatio")]
    [InlineData("NodeResourcesFit", "ignoredResourceGroups: [a/b]", "ignoredResourceGroups[0]: Invalid value: \"a/b\": resource group name can't contain '/'")]
    [InlineData("NodeResourcesBalancedAllocation", "resources: [{name: cpu, weight: 2}]", "resources[0].weight: Invalid value: 2: must be 1")]
    [InlineData("InterPodAffinity", "hardPodAffinityWeight: 101", "hardPodAffinityWeight: Invalid value: 101: not in valid range [0, 100]")]
    [InlineData("DefaultPreemption", "minCandidateNodesPercentage: -1", "minCandidateNodesPercentage: Invalid value: -1: not in valid range [0, 100]")]
    [InlineData("DefaultPreemption", "{minCandidateNodesPercentage: 0, minCandidateNodesAbsolute: 0}",
        "minCandidateNodesPercentage: Invalid value: 0: cannot be zero at the same time as minCandidateNodesAbsolute",
        "minCandidateNodesAbsolute: Invalid value: 0: cannot be zero at the same time as minCandidateNodesPercentage")]
    [InlineData("VolumeBinding", "bindTimeoutSeconds: -1", "bindTimeoutSeconds: Invalid value: -1: invalid BindTimeoutSeconds, should not be a negative value")]
    [InlineData("PodTopologySpread", "defaultConstraints: [{maxSkew: 1, topologyKey: z, whenUnsatisfiable: ScheduleAnyway}]",
        "defaultingType: Invalid value: \"System\": when .defaultConstraints are not empty")]
    [InlineData("PodTopologySpread", "{defaultingType: List, defaultConstraints: [{maxSkew: 0, topologyKey: z, whenUnsatisfiable: Never}]}",
        "defaultConstraints[0].maxSkew: Invalid value: 0: not in valid range (0, inf)",
        "defaultConstraints[0].whenUnsatisfiable: Unsupported value: \"Never\": supported values: \"DoNotSchedule\", \"ScheduleAnyway\"")]
    public void Arguments_are_checked(string plugin, string arguments, params string[] errors)
    {
        var wrapped = arguments.StartsWith('{') ? arguments : $"{{{arguments}}}";
        var texts = errors.Select(error => "profiles[0].pluginConfig[0].args." + error).ToList();
        Assert.Equal(
            texts.Count == 1 ? texts[0] : $"[{string.Join(", ", texts)}]",
            Assert.Throws<ConfigurationException>(() => Parse($"profiles: [{{pluginConfig: [{{name: {plugin}, args: {wrapped}}}]}}]")).Message);
    }

    [Fact]
    public void The_election_and_the_connection_are_read()
    {
        var read = Parse("""
            leaderElection: {leaderElect: true, leaseDuration: 1m, renewDeadline: 40s, retryPeriod: 500ms, resourceName: mine, resourceNamespace: other, resourceLock: leases}
            clientConnection: {qps: 50, burst: 100, contentType: application/vnd.kubernetes.protobuf, acceptContentTypes: ''}
            enableProfiling: true
            parallelism: 16
            """);
        Assert.Equal((TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(40), TimeSpan.FromMilliseconds(500)), (read.Election.LeaseDuration, read.Election.RenewDeadline, read.Election.RetryPeriod));
        Assert.Equal(("mine", "other"), (read.Election.Name, read.Election.Namespace));
        Assert.Equal((50.0, 100), (read.Qps, read.Burst));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(25, 50)]
    [InlineData(50, 100)]
    [InlineData(75, 50)]
    public void A_shape_scores_along_its_lines(int percent, long expected)
    {
        var fit = new NodeResourcesFit(new FitScoring(FitStrategy.RequestedToCapacityRatio, [("example.com/gpu", 1)], [(0, 0), (50, 10), (100, 0)]));
        var node = Build.NodeInfo(Build.Node("n", with: node => node.Status!.Allocatable!["example.com/gpu"] = new(100)));
        var pod = Build.Info("p", with: spec => spec.Containers![0].Resources!.Requests!["example.com/gpu"] = new(percent));
        Assert.Equal(expected, fit.Score(pod, node));
    }

    private static SchedulerConfiguration Parse(string text) => SchedulerConfiguration.Parse(Encoding.UTF8.GetBytes(Head + text));
}
