using System.Text.Json.Nodes;
using Kube.Api.Serialization;
using Kube.Api.Validation;
using Kube.Client.LeaderElection;
using Kube.Scheduler.Framework;
using Kube.Scheduler.Host.Extenders;
using Kube.Scheduler.Plugins;
using Kube.Scheduler.Queue;

namespace Kube.Scheduler.Host.Configuration;

/// <summary>What a KubeSchedulerConfiguration file (kubescheduler.config.k8s.io/v1) says.</summary>
public sealed record SchedulerConfiguration
{
    private const string ApiVersion = "kubescheduler.config.k8s.io/v1";

    /// <summary>At least one; all sort alike.</summary>
    public IReadOnlyList<Profile> Profiles { get; init; } = [DefaultProfile.Create()];

    /// <summary>Services that have a say, in the order in which they are asked.</summary>
    public IReadOnlyList<ExtenderOptions> Extenders { get; init; } = [];

    public QueueOptions Queue { get; init; } = new();

    /// <summary>clientConnection.kubeconfig.</summary>
    public string? Kubeconfig { get; init; }

    /// <summary>clientConnection.qps: requests a second to the API server; no limit when null.</summary>
    public double? Qps { get; init; }

    /// <summary>clientConnection.burst.</summary>
    public int? Burst { get; init; }

    /// <summary>leaderElection.leaderElect.</summary>
    public bool? LeaderElect { get; init; }

    /// <summary>The rest of leaderElection; the identity is not the file's to say.</summary>
    public LeaderElectionOptions Election { get; init; } = new() { Name = "kube-scheduler", Identity = string.Empty };

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

        var root = new ConfigurationNode(fields, string.Empty, []);
        var configuration = Read(root);
        root.End();
        return root.Errors.Count == 0 ? configuration : throw new ConfigurationException(FieldError.Aggregate(root.Errors));
    }

    private static SchedulerConfiguration Read(ConfigurationNode root)
    {
        var (kubeconfig, qps, burst) = ReadConnection(root.Object("clientConnection"));
        var (elects, election) = ReadElection(root.Object("leaderElection"));
        CheckPlainFields(root);
        var percentage = root.Number("percentageOfNodesToScore", 0, 100, "not in valid range [0-100]") ?? 0;
        var (extenders, ignored) = ExtenderReader.Read(root);
        var profiles = ReadProfiles(root, percentage, ignored);
        var first = root.Number("podInitialBackoffSeconds", 1, int.MaxValue, "must be greater than 0") ?? (int)SchedulingQueue.InitialBackoff.TotalSeconds;
        var longest = root.Number("podMaxBackoffSeconds") ?? (long)SchedulingQueue.MaxBackoff.TotalSeconds;
        if (longest < first)
        {
            root.Errors.Add(FieldError.Invalid("podMaxBackoffSeconds", longest, "must be greater than or equal to PodInitialBackoffSeconds"));
        }

        return new SchedulerConfiguration
        {
            Profiles = profiles,
            Extenders = extenders,
            Queue = new QueueOptions { InitialBackoff = TimeSpan.FromSeconds(first), MaxBackoff = TimeSpan.FromSeconds(longest) },
            Kubeconfig = kubeconfig,
            Qps = qps,
            Burst = burst,
            LeaderElect = elects,
            Election = election,
        };
    }

    private static IReadOnlyList<Profile> ReadProfiles(ConfigurationNode root, int percentage, IReadOnlyList<string> ignored)
    {
        var profiles = new List<Profile>();
        foreach (var node in root.Objects("profiles"))
        {
            var profile = ProfileReader.Read(node, percentage, ignored);
            if (profiles.FindIndex(other => other.SchedulerName == profile.SchedulerName) is var index and >= 0)
            {
                root.Errors.Add(FieldError.Duplicate(node.At("schedulerName"), $"profiles[{index}].schedulerName"));
            }
            else
            {
                profiles.Add(profile);
            }
        }

        if (profiles.Count > 0)
        {
            return profiles;
        }

        return [ProfileReader.Read(new ConfigurationNode([], string.Empty, root.Errors), percentage, ignored)];
    }

    private static (string? Kubeconfig, double? Qps, int? Burst) ReadConnection(ConfigurationNode? connection)
    {
        if (connection is null)
        {
            return (null, null, null);
        }

        var burst = connection.Number("burst", 0, int.MaxValue, "must be non-negative");
        var read = (connection.Text("kubeconfig"), connection.Real("qps") is { } qps and > 0 ? qps : (double?)null, burst);

        // This client speaks JSON, which every API server does, whatever is asked for here.
        connection.Ignore("acceptContentTypes", "contentType");
        connection.End();
        return read;
    }

    private static (bool? Elects, LeaderElectionOptions Election) ReadElection(ConfigurationNode? node)
    {
        var options = new LeaderElectionOptions { Name = "kube-scheduler", Identity = string.Empty };
        if (node is null)
        {
            return (null, options);
        }

        var elects = node.Flag("leaderElect");
        options = options with
        {
            LeaseDuration = node.Duration("leaseDuration") ?? options.LeaseDuration,
            RenewDeadline = node.Duration("renewDeadline") ?? options.RenewDeadline,
            RetryPeriod = node.Duration("retryPeriod") ?? options.RetryPeriod,
            Name = node.Text("resourceName") ?? options.Name,
            Namespace = node.Text("resourceNamespace") ?? options.Namespace,
        };
        var resourceLock = node.Text("resourceLock") ?? "leases";
        node.End();
        if (elects != false)
        {
            CheckElection(node, options, resourceLock);
        }

        return (elects, options);
    }

    private static void CheckElection(ConfigurationNode node, LeaderElectionOptions options, string resourceLock)
    {
        void Positive(string name, TimeSpan value)
        {
            if (value <= TimeSpan.Zero)
            {
                node.Errors.Add(FieldError.Invalid(node.At(name), GoText(value), "must be greater than zero"));
            }
        }

        Positive("leaseDuration", options.LeaseDuration);
        Positive("renewDeadline", options.RenewDeadline);
        Positive("retryPeriod", options.RetryPeriod);
        if (options.LeaseDuration <= options.RenewDeadline)
        {
            node.Errors.Add(FieldError.Invalid(node.At("leaseDuration"), GoText(options.RenewDeadline), "LeaseDuration must be greater than RenewDeadline"));
        }

        if (options.RenewDeadline <= options.RetryPeriod)
        {
            node.Errors.Add(FieldError.Invalid(node.At("renewDeadline"), GoText(options.RetryPeriod), "RenewDeadline must be greater than RetryPeriod"));
        }

        if (resourceLock != "leases")
        {
            node.Errors.Add(FieldError.Invalid(node.At("resourceLock"), resourceLock, "resourceLock value must be \"leases\""));
        }

        if (options.Namespace.Length == 0)
        {
            node.Errors.Add(FieldError.Required(node.At("resourceNamespace"), "resourceNamespace is required"));
        }

        if (options.Name.Length == 0)
        {
            node.Errors.Add(FieldError.Required(node.At("resourceName"), "resourceName is required"));
        }
    }

    private static void CheckPlainFields(ConfigurationNode root)
    {
        root.Number("parallelism", 1, int.MaxValue, "should be an integer value greater than zero");
        if (root.Flag("delayCacheUntilActive") == true)
        {
            root.Errors.Add(FieldError.Forbidden("delayCacheUntilActive", "not built: the caches are filled from the start"));
        }

        // There is nothing to switch on or off.
        root.Ignore("enableProfiling", "enableContentionProfiling");
    }

    /// <summary>As an error message of Kubernetes shows a duration.</summary>
    private static string GoText(TimeSpan value) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{value.TotalSeconds}s");
}
