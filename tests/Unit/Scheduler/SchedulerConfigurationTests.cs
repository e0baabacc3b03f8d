using System.Text;
using Kube.Scheduler.Framework;
using Kube.Scheduler.Host.Configuration;
using Kube.Scheduler.Plugins.NodeResourcesFit;

namespace Kube.Scheduler.Tests;

public class SchedulerConfigurationTests
{
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
        Assert.Equal(2, packer.ClusterFilter.Count);
        var fit = Assert.Single(packer.Score);
        Assert.Equal(5, packer.WeightOf(fit));
        Assert.Equal(75, fit.Score(Build.Info("p", "1"), Build.NodeInfo(Build.Node("n"), Build.Info("other", "2"))));
        Assert.Single(read.Profiles[1].PostFilter);
    }

    [Theory]
    [InlineData("profils: []", "profils: unknown field")]
    [InlineData("profiles: [{plugins: {filtre: {}}}]", "profiles[0].plugins.filtre: unknown field")]
    [InlineData("profiles: [{plugins: {filter: {enabled: [{name: Nope}]}}}]", "profiles[0].plugins.filter.enabled[0].name: there is no plugin \"Nope\"")]
    [InlineData("profiles: [{}, {}]", "profiles: default-scheduler is there more than once")]
    [InlineData("profiles: [{plugins: {queueSort: {disabled: [{name: '*'}]}}}]", "profiles[0].plugins.queueSort: exactly one plugin must be enabled")]
    [InlineData("percentageOfNodesToScore: 101", "percentageOfNodesToScore: 101 is not in the range 0-100")]
    [InlineData("profiles: [{pluginConfig: [{name: NodeResourcesFit, args: {scoringStrategy: {type: Best}}}]}]",
        "profiles[0].pluginConfig[0].args.scoringStrategy.type: Best is none of LeastAllocated, MostAllocated, RequestedToCapacityRatio")]
    [InlineData("podInitialBackoffSeconds: 11", "podMaxBackoffSeconds: must be greater than or equal to podInitialBackoffSeconds")]
    public void What_is_wrong_is_named(string text, string error) =>
        Assert.Equal(error, Assert.Throws<ConfigurationException>(() => Parse(text)).Message);

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
