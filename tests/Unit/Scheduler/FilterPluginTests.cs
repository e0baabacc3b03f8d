using Kube.Api.Core.V1;
using Kube.Scheduler.Framework;
using Kube.Scheduler.Plugins.NodeName;
using Kube.Scheduler.Plugins.NodePorts;
using Kube.Scheduler.Plugins.NodeResourcesFit;
using Kube.Scheduler.Plugins.NodeUnschedulable;
using Kube.Scheduler.Plugins.SchedulingGates;
using Kube.Scheduler.Plugins.TaintToleration;
using AffinityPlugin = Kube.Scheduler.Plugins.NodeAffinity.NodeAffinity;

namespace Kube.Scheduler.Tests;

public class FilterPluginTests
{
    private static string Verdict(IFilterPlugin plugin, PodInfo pod, NodeInfo node)
    {
        var status = plugin.Filter(pod, node);
        return status.IsSuccess ? "ok" : string.Join(", ", status.Reasons);
    }

    [Theory]
    [InlineData("3", "1Gi", "ok")]
    [InlineData("3001m", "1Gi", "Insufficient cpu")]
    [InlineData("3", "8Gi", "Insufficient memory")]
    [InlineData("4", "8Gi", "Insufficient cpu, Insufficient memory")]
    [InlineData(null, null, "ok")]
    public void Fit_counts_what_is_left(string? cpu, string? memory, string expected)
    {
        var node = Build.NodeInfo(Build.Node("n", "4", "8Gi"), Build.Info("other", "1", "1Gi"));
        Assert.Equal(expected, Verdict(new NodeResourcesFit(), Build.Info("p", cpu, memory), node));
    }

    [Fact]
    public void Fit_counts_pods_and_extended_resources()
    {
        var node = Build.NodeInfo(Build.Node("n", pods: "1"), Build.Info("other"));
        var pod = Build.Info("p", with: spec => spec.Containers![0].Resources!.Requests!["example.com/gpu"] = new(1));
        Assert.Equal("Too many pods, Insufficient example.com/gpu", Verdict(new NodeResourcesFit(), pod, node));
    }

    [Fact]
    public void Fit_takes_the_peak_of_init_containers_and_keeps_sidecars_running()
    {
        static Container C(string name, string cpu, string? restart = null) => new()
        {
            Name = name,
            RestartPolicy = restart,
            Resources = new ResourceRequirements { Requests = new() { ["cpu"] = Api.Values.Quantity.Parse(cpu) } },
        };

        var pod = Build.Info("p", "1", with: spec => spec.InitContainers = [C("side", "2", "Always"), C("init", "5")]);
        Assert.Equal(7000, pod.Requests.CpuMillis); // init runs beside the sidecar
        var light = Build.Info("q", "1", with: spec => spec.InitContainers = [C("init", "500m"), C("side", "2", "Always")]);
        Assert.Equal(3000, light.Requests.CpuMillis);
    }

    [Theory]
    [InlineData(null, "ok")]
    [InlineData("n", "ok")]
    [InlineData("m", "node(s) didn't match the requested node name")]
    public void NodeName_takes_the_named_node(string? wanted, string expected) => Assert.Equal(
        expected, Verdict(new NodeName(), Build.Info("p", with: spec => spec.NodeName = wanted), Build.NodeInfo(Build.Node("n"))));

    [Fact]
    public void A_cordoned_node_is_left_out_unless_tolerated()
    {
        var node = Build.NodeInfo(Build.Node("n", with: node => node.Spec!.Unschedulable = true));
        Assert.Equal("node(s) were unschedulable", Verdict(new NodeUnschedulable(), Build.Info("p"), node));
        var tolerant = Build.Info("p", with: spec => spec.Tolerations =
            [new Toleration { Key = "node.kubernetes.io/unschedulable", Operator = "Exists", Effect = "NoSchedule" }]);
        Assert.Equal("ok", Verdict(new NodeUnschedulable(), tolerant, node));
    }

    [Theory]
    [InlineData("NoSchedule", null, null, null, "node(s) had untolerated taint {k: v}")]
    [InlineData("NoExecute", null, null, null, "node(s) had untolerated taint {k: v}")]
    [InlineData("PreferNoSchedule", null, null, null, "ok")]
    [InlineData("NoSchedule", "k", "Equal", "v", "ok")]
    [InlineData("NoSchedule", "k", null, "v", "ok")]
    [InlineData("NoSchedule", "k", "Equal", "w", "node(s) had untolerated taint {k: v}")]
    [InlineData("NoSchedule", "k", "Exists", null, "ok")]
    [InlineData("NoSchedule", null, "Exists", null, "ok")]
    [InlineData("NoSchedule", "other", "Exists", null, "node(s) had untolerated taint {k: v}")]
    public void Taints_are_tolerated_or_not(string effect, string? key, string? op, string? value, string expected)
    {
        var node = Build.NodeInfo(Build.Node("n", with: node => node.Spec!.Taints = [new Taint { Key = "k", Value = "v", Effect = effect }]));
        var pod = Build.Info("p", with: spec => spec.Tolerations =
            key is null && op is null ? null : [new Toleration { Key = key, Operator = op, Value = value }]);
        Assert.Equal(expected, Verdict(new TaintToleration(), pod, node));
    }

    [Theory]
    [InlineData("In", "ssd,nvme", true)]
    [InlineData("In", "hdd", false)]
    [InlineData("NotIn", "hdd", true)]
    [InlineData("NotIn", "ssd", false)]
    [InlineData("Exists", null, true)]
    [InlineData("DoesNotExist", null, false)]
    public void Affinity_operators_match_labels(string op, string? values, bool matches)
    {
        var node = Build.NodeInfo(Build.Node("n", with: node => node.Metadata.Labels!["disk"] = "ssd"));
        Assert.Equal(matches, new AffinityPlugin().Filter(Affine("disk", op, values), node).IsSuccess);
    }

    [Theory]
    [InlineData("Gt", "7", true)]
    [InlineData("Gt", "8", false)]
    [InlineData("Lt", "9", true)]
    [InlineData("Lt", "x", false)]
    public void Affinity_compares_numbers(string op, string value, bool matches)
    {
        var node = Build.NodeInfo(Build.Node("n", with: node => node.Metadata.Labels!["gen"] = "8"));
        Assert.Equal(matches, new AffinityPlugin().Filter(Affine("gen", op, value), node).IsSuccess);
    }

    [Fact]
    public void A_node_selector_wants_all_its_labels()
    {
        var pod = Build.Info("p", with: spec => spec.NodeSelector = new() { ["disk"] = "ssd", ["zone"] = "a" });
        var half = Build.NodeInfo(Build.Node("n", with: node => node.Metadata.Labels!["disk"] = "ssd"));
        Assert.Equal("node(s) didn't match Pod's node affinity/selector", Verdict(new AffinityPlugin(), pod, half));
    }

    [Theory]
    [InlineData("TCP", null, 80, false)]
    [InlineData("UDP", null, 80, true)]
    [InlineData("TCP", "127.0.0.2", 80, false)]
    [InlineData("TCP", null, 81, true)]
    public void Host_ports_are_had_once(string protocol, string? address, int port, bool fits)
    {
        static Action<PodSpec> Port(string protocol, string? address, int port) => spec => spec.Containers![0].Ports =
            [new ContainerPort { ContainerPortValue = port, HostPort = port, HostIP = address, Protocol = protocol }];

        var node = Build.NodeInfo(Build.Node("n"), Build.Info("other", with: Port("TCP", null, 80)));
        Assert.Equal(fits, new NodePorts().Filter(Build.Info("p", with: Port(protocol, address, port)), node).IsSuccess);
    }

    [Fact]
    public void Gates_keep_a_pod_out_of_the_queue()
    {
        var gated = Build.Info("p", with: spec => spec.SchedulingGates = [new PodSchedulingGate { Name = "example.com/wait" }]);
        Assert.Equal("waiting for scheduling gates: [example.com/wait]", new SchedulingGates().PreEnqueue(gated).ToString());
    }

    private static PodInfo Affine(string key, string op, string? values) => Build.Info("p", with: spec => spec.Affinity = new Affinity
    {
        NodeAffinity = new Api.Core.V1.NodeAffinity
        {
            RequiredDuringSchedulingIgnoredDuringExecution = new NodeSelector
            {
                NodeSelectorTerms =
                [
                    new NodeSelectorTerm
                    {
                        MatchExpressions = [new NodeSelectorRequirement { Key = key, Operator = op, Values = values?.Split(',').ToList() }],
                    },
                ],
            },
        },
    });
}
