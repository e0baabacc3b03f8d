using System.Text.Json.Nodes;
using Kube.Api.Quotas;

namespace Kube.Controllers.ResourceQuotas;

/// <summary>What the bounds of a quota are about. Pure.</summary>
internal static class QuotaBounds
{
    private const string CountPrefix = "count/";

    /// <summary>Resources whose use is more than their number: their objects are read whole.</summary>
    public static IReadOnlyList<UsageEvaluator> Measured { get; } =
        [UsageEvaluator.For("", "pods"), UsageEvaluator.For("", "services"), UsageEvaluator.For("", "persistentvolumeclaims")];

    /// <summary>The resources of which the bounds count objects only, each once: (group, plural name).</summary>
    public static IReadOnlyList<(string Group, string Resource)> Counted(IEnumerable<string> bounds)
    {
        var counted = new SortedSet<(string, string)>();
        foreach (var bound in bounds)
        {
            if (bound is "configmaps" or "secrets" or "replicationcontrollers" or "resourcequotas")
            {
                counted.Add(("", bound));
            }
            else if (bound.StartsWith(CountPrefix, StringComparison.Ordinal) && !Measured.Any(evaluator => evaluator.Tracks(bound)))
            {
                var name = bound[CountPrefix.Length..];
                var dot = name.IndexOf('.', StringComparison.Ordinal);
                counted.Add(dot < 0 ? ("", name) : (name[(dot + 1)..], name[..dot]));
            }
        }

        return [.. counted];
    }

    /// <summary>True when the quota bounds something that objects of the evaluator's resource use.</summary>
    public static bool Concerns(ResourceQuota quota, UsageEvaluator evaluator) => quota.Spec?.Hard?.Keys.Any(evaluator.Tracks) == true;

    /// <summary>
    /// The status that says what is counted: the spec's bounds, and the use of each; what could not be counted keeps
    /// the use that the present status gives it.
    /// </summary>
    public static ResourceQuotaStatus StatusOf(ResourceQuota quota, IReadOnlyDictionary<string, Quantity> counted)
    {
        var status = new ResourceQuotaStatus { Hard = [], Used = [] };
        foreach (var (bound, most) in quota.Spec?.Hard ?? [])
        {
            status.Hard[bound] = most;
            if (counted.TryGetValue(bound, out var used) || quota.Status?.Used?.TryGetValue(bound, out used) == true)
            {
                status.Used[bound] = used;
            }
        }

        return status;
    }

    /// <summary>True when both bound and use the same amounts, however they are written.</summary>
    public static bool AreEqual(ResourceQuotaStatus? left, ResourceQuotaStatus? right) =>
        AreEqual(left?.Hard, right?.Hard) && AreEqual(left?.Used, right?.Used);

    /// <inheritdoc cref="AreEqual(ResourceQuotaStatus?, ResourceQuotaStatus?)"/>
    public static bool AreEqual(Dictionary<string, Quantity>? left, Dictionary<string, Quantity>? right)
    {
        left ??= [];
        right ??= [];
        return left.Count == right.Count && left.All(amount => right.TryGetValue(amount.Key, out var other) && other == amount.Value);
    }

    /// <summary>
    /// True when a change of a pod may free something: it has ended, runs out of time, or asks for something else. What
    /// it asks for more, admission has charged already.
    /// </summary>
    public static bool IsReleased(Pod old, Pod pod, DateTimeOffset now) =>
        (IsCounted(old, now) && !IsCounted(pod, now))
        || old.Spec?.ActiveDeadlineSeconds != pod.Spec?.ActiveDeadlineSeconds
        || HaveChanged(old.Spec?.Containers, pod.Spec?.Containers);

    private static bool IsCounted(Pod pod, DateTimeOffset now) =>
        !Pods.IsTerminal(pod)
        && (pod.Metadata is not { DeletionTimestamp: { } deletion, DeletionGracePeriodSeconds: { } graceSeconds } || now <= deletion.Value.AddSeconds(graceSeconds));

    private static bool HaveChanged(List<Container>? old, List<Container>? containers) =>
        old is not null && containers is not null
        && old.Zip(containers).Any(static pair => !AreEqual(pair.First.Resources?.Requests, pair.Second.Resources?.Requests) || !AreEqual(pair.First.Resources?.Limits, pair.Second.Resources?.Limits));

    /// <summary>The JSON that evaluators read.</summary>
    public static IEnumerable<JsonObject> AsJson<T>(IEnumerable<T> objects)
        where T : class, IKubeObject =>
        objects.Select(KubeJson.ToJsonObject);
}
