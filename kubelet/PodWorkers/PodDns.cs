using Kube.Api.Core.V1;
using Cri = Kube.Proto.Cri.V1;

namespace Kube.Kubelet.PodWorkers;

/// <summary>What a resolver file (resolv.conf) says.</summary>
internal sealed record ResolverFile(IReadOnlyList<string> Servers, IReadOnlyList<string> Searches, IReadOnlyList<string> Options)
{
    public static ResolverFile Empty { get; } = new([], [], []);

    /// <summary>Name servers add up; of search and options lines the last one counts. What else there is means nothing here.</summary>
    public static ResolverFile Parse(IEnumerable<string> lines)
    {
        List<string> servers = [];
        string[] searches = [];
        string[] options = [];
        foreach (string[] words in lines.Select(static l => l.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)))
        {
            switch (words)
            {
                case ["nameserver", var server, ..]:
                    servers.Add(server);
                    break;
                case ["search", .. var domains]:
                    searches = [.. domains.Select(static d => d.EndsWith('.') ? d[..^1] : d)];
                    break;
                case ["options", .. var given]:
                    options = given;
                    break;
            }
        }

        return new ResolverFile(servers, searches, options);
    }
}

/// <summary>A pod's resolver settings, and what its user should be told of them (reason and message of warning events).</summary>
internal sealed record PodResolver(Cri.DNSConfig Config, IReadOnlyList<(string Reason, string Message)> Warnings);

/// <summary>
/// A pod's resolver settings from its policy, its own settings, the cluster's and the host's, by Kubernetes' rules and within
/// the limits of resolvers. Pure.
/// </summary>
internal static class PodDns
{
    private const int MaxServers = 3;
    private const int MaxSearches = 32;
    private const int MaxSearchChars = 2048;
    private const int MaxDomainChars = 253;

    public static PodResolver Of(Pod pod, IReadOnlyList<string> clusterServers, string clusterDomain, ResolverFile host)
    {
        List<(string Reason, string Message)> warnings = [];
        ResolverFile from = Base(pod, clusterServers, clusterDomain, host, warnings);
        PodDNSConfig own = pod.Spec?.DnsConfig ?? new PodDNSConfig();
        Cri.DNSConfig config = new();
        config.Servers.Add(FitServers([.. from.Servers.Concat(own.Nameservers ?? []).Distinct()], warnings));
        config.Searches.Add(FitSearches([.. from.Searches.Concat(own.Searches ?? []).Distinct()], warnings));
        config.Options.Add(Merge(from.Options, own.Options ?? []));
        return new PodResolver(config, warnings);
    }

    private static ResolverFile Base(
        Pod pod, IReadOnlyList<string> clusterServers, string clusterDomain, ResolverFile host, List<(string Reason, string Message)> warnings)
    {
        string policy = pod.Spec?.DnsPolicy is { Length: > 0 } given ? given : "ClusterFirst";
        if (policy == "None")
        {
            return ResolverFile.Empty;
        }

        if (policy == "Default" || (policy == "ClusterFirst" && pod.Spec?.HostNetwork == true))
        {
            return host;
        }

        if (clusterServers.Count == 0)
        {
            warnings.Add((
                "MissingClusterDNS",
                $"pod: \"{pod.Describe()}\". kubelet does not have ClusterDNS IP configured and cannot create Pod using \"ClusterFirst\" policy. Falling back to \"Default\" policy."));
            return host;
        }

        string[] cluster = clusterDomain.Length == 0 ? [] : [$"{pod.Metadata.Namespace}.svc.{clusterDomain}", $"svc.{clusterDomain}", clusterDomain];
        return new ResolverFile(clusterServers, [.. cluster, .. host.Searches], ["ndots:5"]);
    }

    private static List<string> FitServers(List<string> servers, List<(string Reason, string Message)> warnings)
    {
        if (servers.Count > MaxServers)
        {
            servers = servers[..MaxServers];
            warnings.Add((
                "DNSConfigForming",
                $"Nameserver limits were exceeded, some nameservers have been omitted, the applied nameserver line is: {string.Join(' ', servers)}"));
        }

        return servers;
    }

    private static List<string> FitSearches(List<string> searches, List<(string Reason, string Message)> warnings)
    {
        List<string> fitting = [.. searches.Take(MaxSearches).Where(static s => s.Length <= MaxDomainChars)];
        while (fitting.Count > 0 && fitting.Sum(static s => s.Length + 1) - 1 > MaxSearchChars)
        {
            fitting.RemoveAt(fitting.Count - 1);
        }

        if (fitting.Count < searches.Count)
        {
            warnings.Add((
                "DNSConfigForming",
                $"Search Line limits were exceeded, some search paths have been omitted, the applied search line is: {string.Join(' ', fitting)}"));
        }

        return fitting;
    }

    /// <summary>An option of the pod takes the place of the one of that name.</summary>
    private static IEnumerable<string> Merge(IReadOnlyList<string> options, List<PodDNSConfigOption> own)
    {
        OrderedDictionary<string, string> merged = new(StringComparer.Ordinal);
        foreach (string[] option in options.Select(static o => o.Split(':', 2)))
        {
            merged[option[0]] = option.Length == 2 ? option[1] : "";
        }

        foreach (PodDNSConfigOption option in own)
        {
            merged[option.Name!] = option.Value ?? "";
        }

        return merged.Select(static o => o.Value.Length > 0 ? $"{o.Key}:{o.Value}" : o.Key);
    }
}
