using System.Text.Json.Nodes;
using Kube.Api.Serialization;
using Kube.Scheduler.Framework;
using Kube.Scheduler.Plugins;
using Kube.Scheduler.Queue;

namespace Kube.Scheduler.Host.Configuration;

/// <summary>What a KubeSchedulerConfiguration file (kubescheduler.config.k8s.io/v1) says.</summary>
public sealed record SchedulerConfiguration
{
    private const string ApiVersion = "kubescheduler.config.k8s.io/v1";

    /// <summary>Extension points that a profile's plugins may be set at.</summary>
    private static readonly string[] Points =
        ["preEnqueue", "queueSort", "preFilter", "filter", "postFilter", "preScore", "score", "reserve", "permit", "preBind", "bind", "postBind"];

    /// <summary>At least one; all sort alike.</summary>
    public IReadOnlyList<Profile> Profiles { get; init; } = [DefaultProfile.Create()];

    public QueueOptions Queue { get; init; } = new();

    /// <summary>clientConnection.kubeconfig.</summary>
    public string? Kubeconfig { get; init; }

    /// <summary>leaderElection.leaderElect.</summary>
    public bool? LeaderElect { get; init; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="ConfigurationException">It is not such a configuration.</exception>
    public static SchedulerConfiguration Parse(ReadOnlySpan<byte> yaml)
    {
        JsonNode? json;
        try
        {
            json = YamlTree.Parse(yaml);
        }
        catch (DecodeException e)
        {
            throw new ConfigurationException(e.Message);
        }

        if (json is not JsonObject fields || (string?)fields["kind"] != "KubeSchedulerConfiguration" || (string?)fields["apiVersion"] != ApiVersion)
        {
            throw new ConfigurationException($"must be a KubeSchedulerConfiguration of {ApiVersion}");
        }

        var root = new ConfigurationNode(fields, string.Empty);
        var percentage = root.Number("percentageOfNodesToScore", 0, 100) ?? 0;
        var profiles = root.Objects("profiles").Select(profile => ReadProfile(profile, percentage)).ToList();
        var connection = root.Object("clientConnection");
        var election = root.Object("leaderElection");
        var first = root.Number("podInitialBackoffSeconds", 1, int.MaxValue) is { } initial ? TimeSpan.FromSeconds(initial) : SchedulingQueue.InitialBackoff;
        var longest = root.Number("podMaxBackoffSeconds", 1, int.MaxValue) is { } most ? TimeSpan.FromSeconds(most) : SchedulingQueue.MaxBackoff;
        if (longest < first)
        {
            throw new ConfigurationException("podMaxBackoffSeconds: must be greater than or equal to podInitialBackoffSeconds");
        }

        var configuration = new SchedulerConfiguration
        {
            Profiles = profiles.Count > 0 ? profiles : [WithPercentage(percentage)],
            Queue = new QueueOptions { InitialBackoff = first, MaxBackoff = longest },
            Kubeconfig = connection?.Text("kubeconfig"),
            LeaderElect = election?.Flag("leaderElect"),
        };
        if (configuration.Profiles.GroupBy(profile => profile.SchedulerName).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new ConfigurationException($"profiles: {twice.Key} is there more than once");
        }

        // Tuning of what this scheduler does in its own way.
        root.Ignore("parallelism", "enableProfiling", "enableContentionProfiling", "delayCacheUntilActive");
        root.End();
        return configuration;
    }

    private static Profile WithPercentage(int percentage)
    {
        var plain = DefaultProfile.Create();
        return new Profile(plain.SchedulerName, plain.Plugins) { PercentageOfNodesToScore = percentage };
    }

    private static Profile ReadProfile(ConfigurationNode profile, int percentage)
    {
        var name = profile.Text("schedulerName") ?? DefaultProfile.SchedulerName;
        var share = profile.Number("percentageOfNodesToScore", 0, 100) ?? percentage;
        var arguments = new Dictionary<string, ConfigurationNode?>(StringComparer.Ordinal);
        foreach (var entry in profile.Objects("pluginConfig"))
        {
            var plugin = Known(entry);
            if (!arguments.TryAdd(plugin, entry.Object("args")))
            {
                throw new ConfigurationException($"{entry.Path}: {plugin} is there more than once");
            }

            entry.End();
        }

        var sets = ReadSets(profile.Object("plugins"));
        profile.End();
        var plugins = PluginFactory.Names.Select(known => PluginFactory.Make(known, arguments.GetValueOrDefault(known))).ToList();
        var weights = sets.GetValueOrDefault("multiPoint", PluginSet.Empty).Weights
            .Concat(sets.GetValueOrDefault("score", PluginSet.Empty).Weights)
            .GroupBy(pair => pair.Key).ToDictionary(group => group.Key, group => group.Last().Value, StringComparer.Ordinal);
        try
        {
            return new Profile(name, plugins, weights, (point, plugin) => IsEnabled(sets, point, plugin.Name)) { PercentageOfNodesToScore = share };
        }
        catch (InvalidOperationException)
        {
            throw new ConfigurationException($"{profile.At("plugins.queueSort")}: exactly one plugin must be enabled");
        }
    }

    /// <summary>What is said at the point itself goes before what is said for all of them.</summary>
    private static bool IsEnabled(Dictionary<string, PluginSet> sets, string point, string plugin)
    {
        var own = sets.GetValueOrDefault(point, PluginSet.Empty);
        var all = sets.GetValueOrDefault("multiPoint", PluginSet.Empty);
        return own.Enabled.Contains(plugin)
            || (!own.IsDisabled(plugin) && (all.Enabled.Contains(plugin) || !all.IsDisabled(plugin)));
    }

    private static Dictionary<string, PluginSet> ReadSets(ConfigurationNode? plugins)
    {
        var sets = new Dictionary<string, PluginSet>(StringComparer.Ordinal);
        foreach (var point in plugins is null ? [] : Points.Append("multiPoint"))
        {
            if (plugins!.Object(point) is not { } set)
            {
                continue;
            }

            var weights = new Dictionary<string, int>(StringComparer.Ordinal);
            var enabled = new HashSet<string>(StringComparer.Ordinal);
            foreach (var entry in set.Objects("enabled"))
            {
                var name = Known(entry);
                enabled.Add(name);
                if (entry.Number("weight", 0, 100) is { } weight and > 0)
                {
                    weights[name] = weight;
                }

                entry.End();
            }

            var disabled = set.Objects("disabled").Select(entry => entry.Text("name") ?? string.Empty).ToHashSet(StringComparer.Ordinal);
            set.End();
            sets.Add(point, new PluginSet(enabled, disabled, weights));
        }

        plugins?.End();
        return sets;
    }

    private static string Known(ConfigurationNode entry)
    {
        var name = entry.Text("name") ?? string.Empty;
        return PluginFactory.Names.Contains(name) ? name : throw new ConfigurationException($"{entry.At("name")}: there is no plugin \"{name}\"");
    }

    private sealed record PluginSet(HashSet<string> Enabled, HashSet<string> Disabled, Dictionary<string, int> Weights)
    {
        public static PluginSet Empty { get; } = new([], [], []);

        public bool IsDisabled(string plugin) => Disabled.Contains(plugin) || Disabled.Contains("*");
    }
}
