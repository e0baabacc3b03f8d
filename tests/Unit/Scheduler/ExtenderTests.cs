using Kube.Api.Core.V1;
using Kube.Base;
using Kube.Scheduler.Cycle;
using Kube.Scheduler.Framework;
using Kube.Scheduler.Plugins;
using Kube.Scheduler.Queue;

namespace Kube.Scheduler.Tests;

/// <summary>What extenders say, and what the scheduler makes of it.</summary>
public sealed class ExtenderTests
{
    private static readonly Profile _profile = DefaultProfile.Create();
    private readonly SchedulingAlgorithm _algorithm = new(new Prng(1));
    private readonly NominatedPods _nominations = new();

    [Fact]
    public async Task Each_sees_what_those_before_it_have_left()
    {
        var first = new FakeExtender { Keep = static name => name != "a" };
        var second = new FakeExtender { Keep = static name => name != "b" };
        var decision = await DecideAsync(Build.Info("p", "1"), Nodes("a", "b", "c"), first, second);
        Assert.Equal("c", decision.Node);
        Assert.Equal(["a b c"], first.Asked);
        Assert.Equal(["b c"], second.Asked);
    }

    [Fact]
    public async Task Why_it_refuses_a_node_is_counted_and_a_final_word_goes_before_another()
    {
        var extender = new FakeExtender
        {
            Keep = static _ => false,
            Failed = { ["a"] = "busy", ["b"] = "busy", ["c"] = "never" },
            Unresolvable = { ["c"] = "no licence" },
        };
        var nodes = Nodes("a", "b", "c", "d");
        nodes[3].Node!.Spec!.Unschedulable = true;
        var decision = await DecideAsync(Build.Info("p", "1"), nodes, extender);
        Assert.Null(decision.Node);
        Assert.Equal(
            "0/4 nodes are available: 1 no licence, 1 node(s) were unschedulable, 2 busy. "
            + "preemption: 0/4 nodes are available: 2 No preemption victims found for incoming pod, 2 Preemption is not helpful for scheduling.",
            decision.Failure!.Message);
        Assert.Contains("Extender", decision.Failure.Plugins);
    }

    [Fact]
    public async Task A_pod_that_may_go_to_a_few_nodes_is_told_of_the_others_too()
    {
        var extender = new FakeExtender { Keep = static _ => false, Failed = { ["a"] = "busy" } };
        var pod = Build.Info("p", "1", with: static spec => spec.Affinity = new Affinity
        {
            NodeAffinity = new NodeAffinity
            {
                RequiredDuringSchedulingIgnoredDuringExecution = new NodeSelector
                {
                    NodeSelectorTerms = [new NodeSelectorTerm { MatchFields = [new NodeSelectorRequirement { Key = "metadata.name", Operator = "In", Values = ["a"] }] }],
                },
            },
        });
        var decision = await DecideAsync(pod, Nodes("a", "b", "c"), extender);
        Assert.StartsWith("0/3 nodes are available: 1 busy, 2 node(s) didn't satisfy plugin(s) [NodeAffinity].", decision.Failure!.Message);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_that_fails_is_passed_over_only_when_it_is_ignorable(bool isIgnorable)
    {
        var extender = new FakeExtender { Failure = "down", IsIgnorable = isIgnorable };
        var decision = await DecideAsync(Build.Info("p", "1"), Nodes("a"), extender);
        Assert.Equal(isIgnorable ? "a" : null, decision.Node);
        Assert.Equal(isIgnorable ? null : "down", decision.Error?.ToString());
        Assert.Null(decision.Failure);
    }

    [Fact]
    public async Task Ten_of_its_points_are_a_hundred_of_a_plugins_times_its_weight()
    {
        // Half of a node's CPU makes a difference of some fifty points to the plugins.
        var nodes = Nodes("full", "empty");
        nodes[0].AddPod(Build.Info("q", "2", "4Gi"));
        var extender = new FakeExtender { Filters = false, Weight = 1, Scores = { ["full"] = 1 } };
        Assert.Equal("empty", (await DecideAsync(Build.Info("p", "1"), nodes, extender)).Node);
        extender.Weight = 10;
        extender.Scores["full"] = 5;
        Assert.Equal("full", (await DecideAsync(Build.Info("p", "1"), nodes, extender)).Node);

        // One that fails leaves the choice to the others.
        extender.Failure = "down";
        Assert.Equal("empty", (await DecideAsync(Build.Info("p", "1"), nodes, extender)).Node);
    }

    [Fact]
    public async Task It_may_end_other_pods_than_the_scheduler_would()
    {
        var nodes = Nodes("a", "b");
        nodes[0].AddPod(Build.Info("cheap", "4", priority: 1));
        nodes[1].AddPod(Build.Info("dear", "4", priority: 5));
        var pod = Build.Info("p", "4", priority: 10);
        Assert.Equal(("a", "cheap"), Cleared(await DecideAsync(pod, nodes, new FakeExtender())));

        var extender = new FakeExtender { Preempts = true, Trim = static candidates => [.. candidates.Where(static c => c.Node.Name == "b")] };
        Assert.Equal(("b", "dear"), Cleared(await DecideAsync(pod, nodes, extender)));

        extender.Trim = static _ => [];
        var none = await DecideAsync(pod, nodes, extender);
        Assert.Null(none.NominatedNode);
        Assert.EndsWith("preemption: no candidate node for preemption", none.Failure!.Message);

        extender.Trim = static candidates => [.. candidates.Select(static c => c with { Victims = c.Node.Name == "a" ? [] : c.Victims })];
        Assert.EndsWith("preemption: expected at least one victim pod on node \"a\"", (await DecideAsync(pod, nodes, extender)).Failure!.Message);
        extender.IsIgnorable = true;
        Assert.Equal(("b", "dear"), Cleared(await DecideAsync(pod, nodes, extender)));
    }

    [Fact]
    public async Task A_node_cleared_for_the_pod_that_is_refused_is_left_for_another()
    {
        var pod = Build.Info("p", "1");
        _nominations.Set(pod, "a");
        var extender = new FakeExtender { Keep = static name => name != "a" };
        Assert.Equal("b", (await DecideAsync(pod, Nodes("a", "b"), extender)).Node);
        Assert.Equal(["a", "a b"], extender.Asked);
    }

    [Fact]
    public async Task One_that_keeps_everything_changes_nothing()
    {
        for (var seed = 0UL; seed < 200; seed++)
        {
            var random = new Prng(seed);
            var nodes = Enumerable.Range(0, 1 + random.Next(12)).Select(i => Build.NodeInfo(Build.Node("n" + i, cpu: $"{1 + random.Next(4)}"))).ToArray();
            foreach (var node in nodes.Where(_ => random.Next(3) == 0))
            {
                node.AddPod(Build.Info("on-" + node.Name, $"{1 + random.Next(2)}", priority: random.Next(3)));
            }

            var pod = Build.Info("p", $"{1 + random.Next(4)}", priority: 1);
            var alone = new SchedulingAlgorithm(new Prng(seed)).Decide(_profile, pod, new ClusterView(nodes), new NominatedPods());
            var asked = await new SchedulingAlgorithm(new Prng(seed)).DecideAsync(
                _profile, pod, new ClusterView(nodes), new NominatedPods(), [new FakeExtender { Weight = 1, Preempts = true }], CancellationToken.None);
            Assert.Equal((alone.Node, alone.Failure?.Message, alone.NominatedNode), (asked.Node, asked.Failure?.Message, asked.NominatedNode));
            Assert.Equal(alone.Victims?.Select(static victim => victim.Uid), asked.Victims?.Select(static victim => victim.Uid));
        }
    }

    private static NodeInfo[] Nodes(params string[] names) => [.. names.Select(static name => Build.NodeInfo(Build.Node(name)))];

    private static (string? Node, string Victims) Cleared(Decision decision) => (decision.NominatedNode, string.Join(' ', decision.Victims!.Select(static victim => victim.Key.Name)));

    private Task<Decision> DecideAsync(PodInfo pod, NodeInfo[] nodes, params IExtender[] extenders) =>
        _algorithm.DecideAsync(_profile, pod, new ClusterView(nodes), _nominations, extenders, CancellationToken.None);
}

/// <summary>An extender that says what a test wants it to.</summary>
internal sealed class FakeExtender : IExtender
{
    public Func<string, bool> Keep { get; set; } = static _ => true;

    public Dictionary<string, string> Failed { get; } = [];

    public Dictionary<string, string> Unresolvable { get; } = [];

    public Dictionary<string, long> Scores { get; } = [];

    public Func<IReadOnlyList<PreemptionCandidate>, IReadOnlyList<PreemptionCandidate>> Trim { get; set; } = static candidates => candidates;

    /// <summary>Every call fails with this.</summary>
    public string? Failure { get; set; }

    /// <summary>The nodes of each call to filter.</summary>
    public List<string> Asked { get; } = [];

    /// <summary>What it was told to bind.</summary>
    public List<string> Bound { get; } = [];

    public Func<PodInfo, bool> Interested { get; set; } = static _ => true;

    public string Name => "fake";

    public bool IsIgnorable { get; set; }

    public bool Filters { get; set; } = true;

    public long Weight { get; set; }

    public bool Preempts { get; set; }

    public bool Binds { get; set; }

    public bool IsInterestedIn(PodInfo pod) => Interested(pod);

    public async Task<ExtenderVerdicts> FilterAsync(PodInfo pod, IReadOnlyList<NodeInfo> nodes, CancellationToken cancellationToken)
    {
        await AnswerAsync();
        Asked.Add(string.Join(' ', nodes.Select(static node => node.Name)));
        return new ExtenderVerdicts(nodes.Select(static node => node.Name).Where(Keep).ToHashSet(), Failed, Unresolvable);
    }

    public async Task<IReadOnlyDictionary<string, long>> ScoreAsync(PodInfo pod, IReadOnlyList<NodeInfo> nodes, CancellationToken cancellationToken)
    {
        await AnswerAsync();
        return Scores;
    }

    public async Task<IReadOnlyList<PreemptionCandidate>> PreemptAsync(PodInfo pod, IReadOnlyList<PreemptionCandidate> candidates, CancellationToken cancellationToken)
    {
        await AnswerAsync();
        return Trim(candidates);
    }

    public async Task BindAsync(PodInfo pod, string node, CancellationToken cancellationToken)
    {
        await AnswerAsync();
        Bound.Add($"{pod.Key.Name} {node}");
    }

    private async Task AnswerAsync()
    {
        await Task.Yield();
        if (Failure is not null)
        {
            throw new ExtenderException(Failure);
        }
    }
}
