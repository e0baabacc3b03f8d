using System.Text.Json.Nodes;
using Kube.Api.Serialization;
using Kube.Api.Validation;
using Kube.Api.Values;

namespace Kube.Api.Quotas;

/// <summary>Pods, and what their containers ask for and may use at most.</summary>
internal sealed class PodUsage() : UsageEvaluator("", "pods")
{
    private const string RequestPrefix = "requests.";
    private const string HugePages = "hugepages-";

    private static readonly string[] Compute = ["cpu", "memory", "ephemeral-storage"];

    private static readonly HashSet<string> Names = new(StringComparer.Ordinal)
    {
        "count/pods", "pods", "cpu", "memory", "ephemeral-storage",
        "requests.cpu", "requests.memory", "requests.ephemeral-storage", "limits.cpu", "limits.memory", "limits.ephemeral-storage",
    };

    /// <summary>Bounds under which every container must say what it wants. Kubernetes adds none to them.</summary>
    private static readonly HashSet<string> Demanded = new(StringComparer.Ordinal)
    {
        "cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory",
    };

    public static PodUsage Instance { get; } = new();

    public override bool Handles(QuotaOperation operation, string subresource, JsonObject obj, JsonObject? old) =>
        (operation, subresource) is (QuotaOperation.Create, "") or (QuotaOperation.Update, "resize");

    public override bool Tracks(string name) => Names.Contains(name)
        || name.StartsWith(HugePages, StringComparison.Ordinal) || name.StartsWith(RequestPrefix + HugePages, StringComparison.Ordinal)
        || (name.StartsWith(RequestPrefix, StringComparison.Ordinal) && !IsNative(name));

    public override bool Matches(QuotaScope scope, JsonObject obj) => scope.Name switch
    {
        "Terminating" => IsTerminating(obj),
        "NotTerminating" => !IsTerminating(obj),
        "BestEffort" => QualityOfService.ClassOf(obj) == "BestEffort",
        "NotBestEffort" => QualityOfService.ClassOf(obj) != "BestEffort",
        "PriorityClass" => scope.Matches(obj.Map("spec").Text("priorityClassName") ?? ""),
        "CrossNamespacePodAffinity" => HasCrossNamespaceAffinity(obj),
        _ => false,
    };

    public override string? Missing(IReadOnlySet<string> bounds, JsonObject obj)
    {
        var missing = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        var spec = obj.Map("spec");
        foreach (var container in spec.Items("containers").Concat(spec.Items("initContainers")))
        {
            var resources = container.Map("resources");
            var given = ComputeUsage(ResourceAmounts.Read(resources?["requests"]), ResourceAmounts.Read(resources?["limits"]));
            foreach (var bound in bounds.Where(bound => Demanded.Contains(bound) && !given.ContainsKey(bound)))
            {
                if (!missing.TryGetValue(bound, out var containers))
                {
                    missing[bound] = containers = new SortedSet<string>(StringComparer.Ordinal);
                }

                containers.Add(container.Text("name") ?? "");
            }
        }

        return missing.Count == 0 ? null : "must specify " + string.Join("; ", missing.Select(m => $"{m.Key} for: {string.Join(",", m.Value)}"));
    }

    /// <summary>A pod that has ended, or whose time to end is over, uses no more than its place in the store.</summary>
    public override Dictionary<string, Quantity> Usage(JsonObject obj, DateTimeOffset now)
    {
        var spec = obj.Map("spec") ?? [];
        var usage = HasEnded(obj, now)
            ? new Dictionary<string, Quantity>(StringComparer.Ordinal)
            : ComputeUsage(ResourceAmounts.OfPod(spec, "requests"), ResourceAmounts.OfPod(spec, "limits"));
        usage[CountName] = new(1);
        return usage;
    }

    private static Dictionary<string, Quantity> ComputeUsage(Dictionary<string, Quantity> requests, Dictionary<string, Quantity> limits)
    {
        var usage = new Dictionary<string, Quantity>(StringComparer.Ordinal) { ["pods"] = new(1) };
        foreach (var name in Compute)
        {
            if (requests.TryGetValue(name, out var request))
            {
                usage[name] = request;
                usage[RequestPrefix + name] = request;
            }

            if (limits.TryGetValue(name, out var limit))
            {
                usage["limits." + name] = limit;
            }
        }

        foreach (var (name, request) in requests)
        {
            if (name.StartsWith(HugePages, StringComparison.Ordinal))
            {
                usage[name] = request;
                usage[RequestPrefix + name] = request;
            }
            else if (IsExtended(name))
            {
                // A node never promises more of an extended resource than it has, so only requests are bounded.
                usage[RequestPrefix + name] = request;
            }
        }

        return usage;
    }

    private static bool IsNative(string name) => !name.Contains('/', StringComparison.Ordinal) || name.Contains("kubernetes.io/", StringComparison.Ordinal);

    private static bool IsExtended(string name) =>
        !IsNative(name) && !name.StartsWith(RequestPrefix, StringComparison.Ordinal) && NameRules.QualifiedName(RequestPrefix + name).Count == 0;

    private static bool IsTerminating(JsonObject pod) => pod.Map("spec").Whole("activeDeadlineSeconds") is >= 0;

    private static bool HasEnded(JsonObject pod, DateTimeOffset now)
    {
        if (pod.Map("status").Text("phase") is "Failed" or "Succeeded")
        {
            return true;
        }

        var metadata = pod.Map("metadata");
        return metadata.Whole("deletionGracePeriodSeconds") is { } graceSeconds
            && Time.TryParse(metadata.Text("deletionTimestamp"), out var deletion)
            && now > deletion.Value.AddSeconds(graceSeconds);
    }

    private static bool HasCrossNamespaceAffinity(JsonObject pod)
    {
        var affinity = pod.Map("spec").Map("affinity");
        foreach (var kind in (string[])["podAffinity", "podAntiAffinity"])
        {
            var terms = affinity.Map(kind).Items("requiredDuringSchedulingIgnoredDuringExecution")
                .Concat(affinity.Map(kind).Items("preferredDuringSchedulingIgnoredDuringExecution").Select(term => term.Map("podAffinityTerm") ?? []));
            if (terms.Any(term => term.List("namespaces") is { Count: > 0 } || term.Map("namespaceSelector") is not null))
            {
                return true;
            }
        }

        return false;
    }
}
