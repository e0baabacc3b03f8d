using System.Text;
using Kube.Api.Core.V1;
using Kube.Api.Json;
using Kube.Scheduler.Framework;
using Kube.Scheduler.Plugins.DefaultPreemption;
using Kube.Scheduler.Plugins.ImageLocality;
using Kube.Scheduler.Plugins.InterPodAffinity;
using Kube.Scheduler.Plugins.NodeName;
using Kube.Scheduler.Plugins.NodePorts;
using Kube.Scheduler.Plugins.NodeResourcesBalancedAllocation;
using Kube.Scheduler.Plugins.NodeResourcesFit;
using Kube.Scheduler.Plugins.NodeUnschedulable;
using Kube.Scheduler.Plugins.PodTopologySpread;
using Kube.Scheduler.Plugins.PrioritySort;
using Kube.Scheduler.Plugins.SchedulingGates;
using Kube.Scheduler.Plugins.TaintToleration;

namespace Kube.Scheduler.Host.Configuration;

/// <summary>Makes the plugins that there are, with their arguments (pluginConfig).</summary>
internal static class PluginFactory
{
    private static readonly ConfigurationNode NoArguments = new([], string.Empty);

    /// <summary>In the order in which they are asked.</summary>
    private static readonly (string Name, Func<ConfigurationNode, IPlugin> Make)[] Plugins =
    [
        ("PrioritySort", _ => new PrioritySort()),
        ("SchedulingGates", _ => new SchedulingGates()),
        ("NodeUnschedulable", _ => new NodeUnschedulable()),
        ("NodeName", _ => new NodeName()),
        ("TaintToleration", _ => new TaintToleration()),
        ("NodeAffinity", NodeAffinity),
        ("NodePorts", _ => new NodePorts()),
        ("NodeResourcesFit", Fit),
        ("PodTopologySpread", Spread),
        ("InterPodAffinity", arguments => new InterPodAffinity(
            arguments.Number("hardPodAffinityWeight", 0, 100) ?? 1, arguments.Flag("ignorePreferredTermsOfExistingPods") ?? false)),
        ("DefaultPreemption", arguments => new DefaultPreemption(
            arguments.Number("minCandidateNodesPercentage", 0, 100) ?? 10, arguments.Number("minCandidateNodesAbsolute", 0, int.MaxValue) ?? 100)),
        ("NodeResourcesBalancedAllocation", arguments => new NodeResourcesBalancedAllocation(
            arguments.Objects("resources").Select(Resource).Select(resource => resource.Name).ToList() is { Count: > 0 } names ? names : null)),
        ("ImageLocality", _ => new ImageLocality()),
    ];

    public static IReadOnlyList<string> Names { get; } = [.. Plugins.Select(plugin => plugin.Name)];

    /// <exception cref="ConfigurationException">An argument is not valid.</exception>
    public static IPlugin Make(string name, ConfigurationNode? arguments)
    {
        var plugin = Plugins.Single(entry => entry.Name == name).Make(arguments ?? NoArguments);
        arguments?.End();
        return plugin;
    }

    private static Kube.Scheduler.Plugins.NodeAffinity.NodeAffinity NodeAffinity(ConfigurationNode arguments) =>
        new(Read<NodeAffinity>(arguments, "addedAffinity"));

    private static PodTopologySpread Spread(ConfigurationNode arguments)
    {
        var constraints = arguments.Objects("defaultConstraints").ToList();
        var read = (Read<PodSpec>(arguments, "defaultConstraints", "topologySpreadConstraints")?.TopologySpreadConstraints ?? []).ToList();
        return arguments.Text("defaultingType") switch
        {
            "List" => new PodTopologySpread(read),
            null or "System" when constraints.Count == 0 => new PodTopologySpread(),
            null or "System" => throw new ConfigurationException($"{arguments.At("defaultingType")}: when .defaultConstraints are specified, must be List"),
            var other => throw new ConfigurationException($"{arguments.At("defaultingType")}: {other} is neither System nor List"),
        };
    }

    private static NodeResourcesFit Fit(ConfigurationNode arguments)
    {
        var ignored = arguments.Texts("ignoredResources").Concat(arguments.Texts("ignoredResourceGroups").Select(group => group + "/")).ToList();
        FitScoring? scoring = null;
        if (arguments.Object("scoringStrategy") is { } strategy)
        {
            var resources = strategy.Objects("resources").Select(Resource).ToList();
            var name = strategy.Text("type") ?? nameof(FitStrategy.LeastAllocated);
            if (!Enum.TryParse<FitStrategy>(name, out var type))
            {
                throw new ConfigurationException($"{strategy.At("type")}: {name} is none of {string.Join(", ", Enum.GetNames<FitStrategy>())}");
            }

            var ratio = strategy.Object("requestedToCapacityRatio");
            var shape = (ratio?.Objects("shape") ?? []).Select(Point).ToList();
            ratio?.End();
            strategy.End();
            if (type == FitStrategy.RequestedToCapacityRatio && (shape.Count == 0 || shape.Zip(shape.Skip(1)).Any(pair => pair.First.Utilization >= pair.Second.Utilization)))
            {
                throw new ConfigurationException($"{strategy.At("requestedToCapacityRatio.shape")}: must have points of rising utilization");
            }

            scoring = new FitScoring(type, resources.Count > 0 ? resources : FitScoring.Default.Resources, shape);
        }

        return new NodeResourcesFit(scoring, ignored);
    }

    private static (int Utilization, int Score) Point(ConfigurationNode node)
    {
        var point = (node.Number("utilization", 0, 100) ?? 0, node.Number("score", 0, 10) ?? 0);
        node.End();
        return point;
    }

    private static (string Name, int Weight) Resource(ConfigurationNode node)
    {
        var resource = (node.Text("name") ?? throw new ConfigurationException($"{node.At("name")}: must be given"), node.Number("weight", 1, 100) ?? 1);
        node.End();
        return resource;
    }

    /// <summary>Reads API types; wrapped into an object under another name when one is given.</summary>
    private static T? Read<T>(ConfigurationNode arguments, string name, string? wrap = null)
        where T : class
    {
        if (arguments.Raw(name) is not { } json)
        {
            return null;
        }

        try
        {
            var text = wrap is null ? json.ToJsonString() : $"{{\"{wrap}\":{json.ToJsonString()}}}";
            return KubeJson.Deserialize<T>(Encoding.UTF8.GetBytes(text));
        }
        catch (System.Text.Json.JsonException e)
        {
            throw new ConfigurationException($"{arguments.At(name)}: {e.Message}");
        }
    }
}
