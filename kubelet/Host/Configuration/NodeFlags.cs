using System.CommandLine;
using Kube.Api.Values;
using Kube.Hosting;
using Kube.Hosting.Configuration;
using Kube.Kubelet.PodWorkers;

namespace Kube.Kubelet.Host.Configuration;

/// <summary>The flags, with Kubernetes' names, that say how the node is looked after. A flag wins over the file.</summary>
internal sealed class NodeFlags
{
    private readonly Option<string?> _evictionHard = Text("--eviction-hard", "Below what pods are evicted at once: memory.available<100Mi,nodefs.available<10%,…");
    private readonly Option<string?> _evictionSoft = Text("--eviction-soft", "Below what pods are evicted after a time: memory.available<300Mi,…");
    private readonly Option<string?> _softGrace = Text("--eviction-soft-grace-period", "That time, for each: memory.available=1m30s,…");
    private readonly Option<string?> _minimumReclaim = Text("--eviction-minimum-reclaim", "How much above its threshold something must come: memory.available=0Mi,…");
    private readonly Option<string?> _transition = Text("--eviction-pressure-transition-period", "How long a pressure condition stays after it was last seen. [default: 5m0s]");
    private readonly Option<long?> _maxGrace = new("--eviction-max-pod-grace-period") { Description = "Longest grace, in seconds, of a pod that goes for a soft threshold. [default: 0]" };
    private readonly Option<string?> _kubeReserved = Text("--kube-reserved", "Kept back for Kubernetes' processes: cpu=200m,memory=500Mi,ephemeral-storage=1Gi");
    private readonly Option<string?> _systemReserved = Text("--system-reserved", "Kept back for the machine's other processes: cpu=200m,…");
    private readonly Option<int?> _imageHigh = new("--image-gc-high-threshold") { Description = "Percent of the disk in use from which unused images are removed. [default: 85]" };
    private readonly Option<int?> _imageLow = new("--image-gc-low-threshold") { Description = "Percent of the disk in use down to which they are. [default: 80]" };
    private readonly Option<string?> _imageAge = Text("--minimum-image-ttl-duration", "Younger images stay. [default: 2m0s]");
    private readonly Option<string?> _logSize = Text("--container-log-max-size", "Size from which a container's log is rotated. [default: 10Mi]");
    private readonly Option<int?> _logFiles = new("--container-log-max-files") { Description = "Log files of one container. [default: 5]" };
    private readonly Option<string?> _statusFrequency = Text("--node-status-update-frequency", "How often the node is looked at. [default: 10s]");

    public NodeFlags(Command command)
    {
        foreach (Option option in (Option[])
            [_evictionHard, _evictionSoft, _softGrace, _minimumReclaim, _transition, _maxGrace, _kubeReserved, _systemReserved, _imageHigh, _imageLow, _imageAge, _logSize, _logFiles, _statusFrequency])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The settings of the file with what the flags say.</summary>
    /// <exception cref="StartupException">A flag cannot be read, or contradicts something.</exception>
    public NodeSettings Apply(ParseResult parsed, NodeSettings file)
    {
        NodeSettings settings = file with
        {
            EvictionHard = Pairs(parsed, _evictionHard, '<') ?? file.EvictionHard,
            EvictionSoft = Pairs(parsed, _evictionSoft, '<') ?? file.EvictionSoft,
            EvictionSoftGracePeriod = Pairs(parsed, _softGrace, '=') ?? file.EvictionSoftGracePeriod,
            EvictionMinimumReclaim = Pairs(parsed, _minimumReclaim, '=') ?? file.EvictionMinimumReclaim,
            EvictionPressureTransitionPeriod = Duration(parsed, _transition) ?? file.EvictionPressureTransitionPeriod,
            EvictionMaxPodGracePeriodSeconds = parsed.GetValue(_maxGrace) ?? file.EvictionMaxPodGracePeriodSeconds,
            KubeReserved = Quantities(parsed, _kubeReserved) ?? file.KubeReserved,
            SystemReserved = Quantities(parsed, _systemReserved) ?? file.SystemReserved,
            Images = file.Images with
            {
                HighThresholdPercent = parsed.GetValue(_imageHigh) ?? file.Images.HighThresholdPercent,
                LowThresholdPercent = parsed.GetValue(_imageLow) ?? file.Images.LowThresholdPercent,
                MinimumAge = Duration(parsed, _imageAge) ?? file.Images.MinimumAge,
            },
            Logs = file.Logs with
            {
                MaxSizeBytes = parsed.GetValue(_logSize) is { } size ? ParseQuantity(_logSize, size).Value() : file.Logs.MaxSizeBytes,
                MaxFiles = parsed.GetValue(_logFiles) ?? file.Logs.MaxFiles,
            },
            Report = file.Report with { LookPeriod = Duration(parsed, _statusFrequency) ?? file.Report.LookPeriod },
        };
        try
        {
            NodeSettingsFields.Check(settings);
        }
        catch (ConfigurationException e)
        {
            throw new StartupException(e.Message, e);
        }

        return settings.Logs.MaxFiles >= 2 ? settings : throw new StartupException($"--container-log-max-files {settings.Logs.MaxFiles}: must be at least 2");
    }

    private static Option<string?> Text(string name, string description) => new(name) { Description = description };

    private static Dictionary<string, string>? Pairs(ParseResult parsed, Option<string?> option, char separator)
    {
        if (parsed.GetValue(option) is not { } text)
        {
            return null;
        }

        Dictionary<string, string> pairs = new(StringComparer.Ordinal);
        foreach (string pair in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            int at = pair.IndexOf(separator, StringComparison.Ordinal);
            if (at <= 0 || !pairs.TryAdd(pair[..at].Trim(), pair[(at + 1)..].Trim()))
            {
                throw new StartupException($"{option.Name} {text}: expected name{separator}value, each name once");
            }
        }

        return pairs;
    }

    private static Dictionary<string, Quantity>? Quantities(ParseResult parsed, Option<string?> option) =>
        Pairs(parsed, option, '=')?.ToDictionary(p => p.Key, p => ParseQuantity(option, p.Value), StringComparer.Ordinal);

    private static Quantity ParseQuantity(Option<string?> option, string text) =>
        Quantity.TryParse(text, out Quantity value) ? value : throw new StartupException($"{option.Name}: {text} is not a quantity");

    private static TimeSpan? Duration(ParseResult parsed, Option<string?> option) => parsed.GetValue(option) is not { } text ? null
        : GoDuration.TryParse(text, out TimeSpan value) && value >= TimeSpan.Zero ? value
        : throw new StartupException($"{option.Name} {text}: expected a duration such as 10s or 1m30s");
}
