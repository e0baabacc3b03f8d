using System.Text;
using Kube.Api.Core.V1;
using Kube.Api.Json;
using Kube.Api.Validation;
using Kube.Scheduler.Framework;
using Kube.Scheduler.Plugins.DefaultBinder;
using Kube.Scheduler.Plugins.DefaultPreemption;
using Kube.Scheduler.Plugins.ImageLocality;
using Kube.Scheduler.Plugins.InterPodAffinity;
using Kube.Scheduler.Plugins.NodeName;
using Kube.Scheduler.Plugins.NodePorts;
using Kube.Scheduler.Plugins.NodeResourcesBalancedAllocation;
using Kube.Scheduler.Plugins.NodeResourcesFit;
using Kube.Scheduler.Plugins.NodeUnschedulable;
using Kube.Scheduler.Plugins.NodeVolumeLimits;
using Kube.Scheduler.Plugins.PodTopologySpread;
using Kube.Scheduler.Plugins.PrioritySort;
using Kube.Scheduler.Plugins.SchedulingGates;
using Kube.Scheduler.Plugins.TaintToleration;
using Kube.Scheduler.Plugins.VolumeBinding;
using Kube.Scheduler.Plugins.VolumeRestrictions;
using Kube.Scheduler.Plugins.VolumeZone;

namespace Kube.Scheduler.Host.Configuration;

/// <summary>Makes the plugins that there are, with their arguments (pluginConfig).</summary>
internal static class PluginFactory
{
    /// <summary>In the order in which they are asked, with the extension points that Kubernetes' plugin of the name has.</summary>
    private static readonly (string Name, string Points, Func<ConfigurationNode, IReadOnlyList<string>, IPlugin> Make)[] Plugins =
    [
        ("SchedulingGates", "preEnqueue", (_, _) => new SchedulingGates()),
        ("PrioritySort", "queueSort", (_, _) => new PrioritySort()),
        ("NodeUnschedulable", "filter", (_, _) => new NodeUnschedulable()),
        ("NodeName", "filter", (_, _) => new NodeName()),
        ("TaintToleration", "filter preScore score", (_, _) => new TaintToleration()),
        ("NodeAffinity", "preFilter filter preScore score", (arguments, _) => NodeAffinity(arguments)),
        ("NodePorts", "preFilter filter", (_, _) => new NodePorts()),
        ("NodeResourcesFit", "preFilter filter preScore score", Fit),
        ("VolumeRestrictions", "preFilter filter", (_, _) => new VolumeRestrictions()),
        ("NodeVolumeLimits", "preFilter filter", (_, _) => new NodeVolumeLimits()),
        ("VolumeBinding", "preFilter filter preScore score reserve preBind", (arguments, _) => Volumes(arguments)),
        ("VolumeZone", "preFilter filter", (_, _) => new VolumeZone()),
        ("PodTopologySpread", "preFilter filter preScore score", (arguments, _) => Spread(arguments)),
        ("InterPodAffinity", "preFilter filter preScore score", (arguments, _) => Affinity(arguments)),
        ("DefaultPreemption", "postFilter", (arguments, _) => Preemption(arguments)),
        ("NodeResourcesBalancedAllocation", "preScore score", (arguments, _) => Balance(arguments)),
        ("ImageLocality", "score", (_, _) => new ImageLocality()),
        ("DefaultBinder", "bind", (_, _) => new DefaultBinder()),
    ];

    public static IReadOnlyList<string> Names { get; } = [.. Plugins.Select(plugin => plugin.Name)];

    /// <summary>True when the plugin has the extension point.</summary>
    public static bool Extends(string name, string point) => Plugins.Single(entry => entry.Name == name).Points.Split(' ').Contains(point);

    /// <summary>Makes a plugin. What is wrong with its arguments is added to the errors of the file.</summary>
    /// <param name="name">The plugin's name.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="ignored">Resources that others count.</param>
    /// <exception cref="ConfigurationException">There is an argument that nobody knows.</exception>
    public static IPlugin Make(string name, ConfigurationNode arguments, IReadOnlyList<string> ignored)
    {
        var plugin = Plugins.Single(entry => entry.Name == name).Make(arguments, ignored);
        arguments.End();
        return plugin;
    }

    private static IPlugin NodeAffinity(ConfigurationNode arguments) =>
        new Kube.Scheduler.Plugins.NodeAffinity.NodeAffinity(Read<NodeAffinity>(arguments, "addedAffinity"));

    private static IPlugin Affinity(ConfigurationNode arguments) => new InterPodAffinity(
        arguments.Number("hardPodAffinityWeight", 0, 100, "not in valid range [0, 100]") ?? 1,
        arguments.Flag("ignorePreferredTermsOfExistingPods") ?? false);

    private static IPlugin Preemption(ConfigurationNode arguments)
    {
        var percentage = arguments.Number("minCandidateNodesPercentage", 0, 100, "not in valid range [0, 100]") ?? 10;
        var absolute = arguments.Number("minCandidateNodesAbsolute", 0, int.MaxValue, "not in valid range [0, inf)") ?? 100;
        if (percentage == 0 && absolute == 0)
        {
            arguments.Errors.Add(FieldError.Invalid(
                arguments.At("minCandidateNodesPercentage"), 0, "cannot be zero at the same time as minCandidateNodesAbsolute"));
            arguments.Errors.Add(FieldError.Invalid(
                arguments.At("minCandidateNodesAbsolute"), 0, "cannot be zero at the same time as minCandidateNodesPercentage"));
        }

        return new DefaultPreemption(percentage, absolute);
    }

    private static IPlugin Volumes(ConfigurationNode arguments)
    {
        var timeout = arguments.Number(
            "bindTimeoutSeconds", 0, int.MaxValue, "invalid BindTimeoutSeconds, should not be a negative value") ?? 600;
        if (arguments.Raw("shape") is not null)
        {
            arguments.Errors.Add(FieldError.Forbidden(
                arguments.At("shape"), "unexpected field `shape`, remove it or turn on the feature gate VolumeCapacityPriority"));
        }

        return new VolumeBinding(TimeSpan.FromSeconds(timeout));
    }

    private static IPlugin Balance(ConfigurationNode arguments)
    {
        var names = new List<string>();
        foreach (var node in arguments.Objects("resources"))
        {
            var name = node.Text("name") ?? string.Empty;
            if (names.Contains(name))
            {
                arguments.Errors.Add(FieldError.Duplicate(node.At("name"), name));
            }

            names.Add(name);
            node.Number("weight", 1, 1, "must be 1");
            node.End();
        }

        return new NodeResourcesBalancedAllocation(names.Count > 0 ? names : null);
    }

    private static IPlugin Spread(ConfigurationNode arguments)
    {
        var constraints = Read<PodSpec>(arguments, "defaultConstraints", "topologySpreadConstraints")?.TopologySpreadConstraints ?? [];
        for (var i = 0; i < constraints.Count; i++)
        {
            CheckConstraint(constraints, i, arguments.At("defaultConstraints"), arguments.Errors);
        }

        var type = arguments.Text("defaultingType") ?? "System";
        if (type is not ("System" or "List"))
        {
            arguments.Errors.Add(FieldError.NotSupported(arguments.At("defaultingType"), type, ["System", "List"]));
        }
        else if (type == "System" && constraints.Count > 0)
        {
            arguments.Errors.Add(FieldError.Invalid(arguments.At("defaultingType"), type, "when .defaultConstraints are not empty"));
        }

        return type == "List" ? new PodTopologySpread(constraints) : new PodTopologySpread();
    }

    private static void CheckConstraint(List<TopologySpreadConstraint> all, int index, string list, List<FieldError> errors)
    {
        var constraint = all[index];
        var path = $"{list}[{index}]";
        if (constraint.MaxSkew <= 0)
        {
            errors.Add(FieldError.Invalid(path + ".maxSkew", constraint.MaxSkew, "not in valid range (0, inf)"));
        }

        if (string.IsNullOrEmpty(constraint.TopologyKey))
        {
            errors.Add(FieldError.Required(path + ".topologyKey", "can not be empty"));
        }

        if (string.IsNullOrEmpty(constraint.WhenUnsatisfiable))
        {
            errors.Add(FieldError.Required(path + ".whenUnsatisfiable", "can not be empty"));
        }
        else if (constraint.WhenUnsatisfiable is not ("DoNotSchedule" or "ScheduleAnyway"))
        {
            errors.Add(FieldError.NotSupported(path + ".whenUnsatisfiable", constraint.WhenUnsatisfiable, ["DoNotSchedule", "ScheduleAnyway"]));
        }

        if (constraint.LabelSelector is not null)
        {
            errors.Add(FieldError.Forbidden(path + ".labelSelector", "constraint must not define a selector, as they deduced for each pod"));
        }

        if (all.Take(index).Any(other => other.TopologyKey == constraint.TopologyKey && other.WhenUnsatisfiable == constraint.WhenUnsatisfiable))
        {
            errors.Add(FieldError.Duplicate(path, $"{{{constraint.TopologyKey}, {constraint.WhenUnsatisfiable}}}"));
        }
    }

    private static IPlugin Fit(ConfigurationNode arguments, IReadOnlyList<string> ignoredByAll)
    {
        var groups = arguments.Texts("ignoredResourceGroups");
        for (var i = 0; i < groups.Count; i++)
        {
            if (groups[i].Contains('/', StringComparison.Ordinal))
            {
                arguments.Errors.Add(FieldError.Invalid($"{arguments.At("ignoredResourceGroups")}[{i}]", groups[i], "resource group name can't contain '/'"));
            }
        }

        var ignored = arguments.Texts("ignoredResources").Concat(ignoredByAll).Concat(groups.Select(group => group + "/")).ToList();
        return new NodeResourcesFit(arguments.Object("scoringStrategy") is { } strategy ? Scoring(strategy) : null, ignored);
    }

    private static FitScoring Scoring(ConfigurationNode strategy)
    {
        var name = strategy.Text("type") ?? nameof(FitStrategy.LeastAllocated);
        if (!Enum.TryParse<FitStrategy>(name, out var type))
        {
            strategy.Errors.Add(FieldError.NotSupported(strategy.At("type"), name, Enum.GetNames<FitStrategy>()));
        }

        var resources = strategy.Objects("resources").Select(Resource).ToList();
        var ratio = strategy.Object("requestedToCapacityRatio");
        var shape = (ratio?.Objects("shape") ?? []).Select(Point).ToList();
        ratio?.End();
        strategy.End();
        if (type == FitStrategy.RequestedToCapacityRatio)
        {
            CheckShape(strategy, ratio, shape);
        }
        else if (ratio is not null)
        {
            strategy.Errors.Add(FieldError.Forbidden(ratio.Path, "must be nil when type is not RequestedToCapacityRatio"));
        }

        return new FitScoring(type, resources.Count > 0 ? resources : FitScoring.Default.Resources, shape);
    }

    private static void CheckShape(ConfigurationNode strategy, ConfigurationNode? ratio, List<(int Utilization, int Score)> shape)
    {
        if (ratio is null)
        {
            strategy.Errors.Add(FieldError.Required(strategy.At("requestedToCapacityRatio"), "must be specified when type is RequestedToCapacityRatio"));
            return;
        }

        if (shape.Count == 0)
        {
            strategy.Errors.Add(FieldError.Required(ratio.At("shape"), "at least one point must be specified"));
        }

        for (var i = 1; i < shape.Count; i++)
        {
            if (shape[i - 1].Utilization >= shape[i].Utilization)
            {
                strategy.Errors.Add(FieldError.Invalid(
                    $"{ratio.At("shape")}[{i}].utilization", shape[i].Utilization, "values must be sorted in increasing order"));
                break;
            }
        }
    }

    private static (int Utilization, int Score) Point(ConfigurationNode node)
    {
        var point = (
            node.Number("utilization", 0, 100, "not in valid range [0, 100]") ?? 0,
            node.Number("score", 0, 10, "not in valid range [0, 10]") ?? 0);
        node.End();
        return point;
    }

    private static (string Name, int Weight) Resource(ConfigurationNode node)
    {
        var name = node.Text("name") ?? string.Empty;
        var weight = node.Number("weight", 1, 100, $"resource weight of {name} not in valid range (0, 100]") ?? 1;
        node.End();
        return (name, weight);
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
