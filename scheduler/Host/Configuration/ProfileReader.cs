using Kube.Api.Validation;
using Kube.Scheduler.Framework;
using Kube.Scheduler.Plugins;

namespace Kube.Scheduler.Host.Configuration;

/// <summary>Reads one profile of the configuration: which plugins take part where, with which weights and arguments.</summary>
internal static class ProfileReader
{
    private const string MultiPoint = "multiPoint";

    /// <summary>Extension points that a profile's plugins may be set at, and Kubernetes' names of the plugins there.</summary>
    private static readonly (string Point, string Kind)[] Points =
    [
        ("preEnqueue", "PreEnqueuePlugin"), ("queueSort", "QueueSortPlugin"), ("preFilter", "PreFilterPlugin"), ("filter", "FilterPlugin"),
        ("postFilter", "PostFilterPlugin"), ("preScore", "PreScorePlugin"), ("score", "ScorePlugin"), ("reserve", "ReservePlugin"),
        ("permit", "PermitPlugin"), ("preBind", "PreBindPlugin"), ("bind", "BindPlugin"), ("postBind", "PostBindPlugin"),
    ];

    /// <summary>Plugins of old, which Kubernetes no longer has.</summary>
    private static readonly HashSet<string> Removed = ["AzureDiskLimits", "CinderLimits", "EBSLimits", "GCEPDLimits"];

    /// <param name="node">The profile; one without fields is the default profile.</param>
    /// <param name="percentage">Share of the nodes to score where the profile does not say.</param>
    /// <param name="ignored">Resources that extenders count and the scheduler does not.</param>
    /// <exception cref="ConfigurationException">The profile can't be made.</exception>
    public static Profile Read(ConfigurationNode node, int percentage, IReadOnlyList<string> ignored)
    {
        var name = node.Text("schedulerName") ?? DefaultProfile.SchedulerName;
        if (name.Length == 0)
        {
            node.Errors.Add(FieldError.Required(node.At("schedulerName")));
        }

        var share = node.Number("percentageOfNodesToScore", 0, 100, "not in valid range [0-100]") ?? percentage;
        var sets = ReadSets(node.Object("plugins"), name);
        var plugins = MakePlugins(node, ignored);
        node.End();
        var weights = sets.GetValueOrDefault(MultiPoint, PluginSet.Empty).Weights
            .Concat(sets.GetValueOrDefault("score", PluginSet.Empty).Weights)
            .GroupBy(pair => pair.Key).ToDictionary(group => group.Key, group => group.Last().Value, StringComparer.Ordinal);
        bool Enabled(string point, IPlugin plugin) => IsEnabled(sets, point, plugin.Name);
        var sorts = plugins.OfType<IQueueSortPlugin>().Count(plugin => Enabled("queueSort", plugin));
        if (sorts != 1)
        {
            throw Failed(name, $"only one queue sort plugin required for profile with scheduler name \"{name}\", but got {sorts}");
        }

        if (!plugins.OfType<IBindPlugin>().Any(plugin => Enabled("bind", plugin)))
        {
            throw Failed(name, $"at least one bind plugin is needed for profile with scheduler name \"{name}\"");
        }

        return new Profile(name, plugins, weights, Enabled) { PercentageOfNodesToScore = share };
    }

    private static List<IPlugin> MakePlugins(ConfigurationNode node, IReadOnlyList<string> ignored)
    {
        var arguments = new Dictionary<string, ConfigurationNode?>(StringComparer.Ordinal);
        foreach (var entry in node.Objects("pluginConfig"))
        {
            var plugin = entry.Text("name") ?? string.Empty;
            if (Removed.Contains(plugin))
            {
                node.Errors.Add(WasRemoved(entry.Path, plugin));
            }
            else if (!PluginFactory.Names.Contains(plugin))
            {
                throw new ConfigurationException($"{entry.At("name")}: there is no plugin \"{plugin}\"");
            }

            if (!arguments.TryAdd(plugin, entry.Object("args")))
            {
                node.Errors.Add(FieldError.Duplicate(entry.Path, plugin));
            }

            entry.End();
        }

        return
        [
            .. PluginFactory.Names.Select(known => PluginFactory.Make(
                known, arguments.GetValueOrDefault(known) ?? new ConfigurationNode([], string.Empty, node.Errors), ignored)),
        ];
    }

    /// <summary>What is said at the point itself goes before what is said for all of them.</summary>
    private static bool IsEnabled(Dictionary<string, PluginSet> sets, string point, string plugin)
    {
        var own = sets.GetValueOrDefault(point, PluginSet.Empty);
        var all = sets.GetValueOrDefault(MultiPoint, PluginSet.Empty);
        return own.Enabled.Contains(plugin)
            || (!own.IsDisabled(plugin) && (all.Enabled.Contains(plugin) || !all.IsDisabled(plugin)));
    }

    private static Dictionary<string, PluginSet> ReadSets(ConfigurationNode? plugins, string profile)
    {
        var sets = new Dictionary<string, PluginSet>(StringComparer.Ordinal);
        if (plugins is null)
        {
            return sets;
        }

        foreach (var (point, kind) in Points.Append((MultiPoint, "MultiPoint")))
        {
            if (plugins.Object(point) is { } set)
            {
                sets.Add(point, ReadSet(set, profile, point, kind));
            }
        }

        plugins.End();
        return sets;
    }

    private static PluginSet ReadSet(ConfigurationNode set, string profile, string point, string kind)
    {
        var weights = new Dictionary<string, int>(StringComparer.Ordinal);
        var enabled = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in set.Objects("enabled"))
        {
            var name = entry.Text("name") ?? string.Empty;
            var weight = entry.Number("weight", 0, int.MaxValue, "must be non-negative") ?? 0;
            entry.End();
            if (Removed.Contains(name))
            {
                set.Errors.Add(WasRemoved(entry.Path, name));
                continue;
            }

            if (!PluginFactory.Names.Contains(name))
            {
                throw Failed(profile, $"{kind} \"{name}\" does not exist");
            }

            if (point != MultiPoint && !PluginFactory.Extends(name, point))
            {
                throw Failed(profile, $"plugin \"{name}\" does not extend {kind} plugin");
            }

            if (!enabled.Add(name))
            {
                throw Failed(profile, $"plugin \"{name}\" already registered as \"{kind}\"");
            }

            if (weight > 0)
            {
                weights[name] = weight;
            }
        }

        var disabled = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in set.Objects("disabled"))
        {
            disabled.Add(entry.Text("name") ?? string.Empty);
            entry.Ignore("weight");
            entry.End();
        }

        set.End();
        return new PluginSet(enabled, disabled, weights);
    }

    private static FieldError WasRemoved(string path, string name) => FieldError.Invalid(
        path, name, "was invalid in version \"v1\" (KubeSchedulerConfiguration is version \"kubescheduler.config.k8s.io/v1\")");

    private static ConfigurationException Failed(string profile, string why) =>
        new($"initializing profiles: creating profile for scheduler name {profile}: {why}");

    private sealed record PluginSet(HashSet<string> Enabled, HashSet<string> Disabled, Dictionary<string, int> Weights)
    {
        public static PluginSet Empty { get; } = new([], [], []);

        public bool IsDisabled(string plugin) => Disabled.Contains(plugin) || Disabled.Contains("*");
    }
}
