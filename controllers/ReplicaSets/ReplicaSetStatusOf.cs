namespace Kube.Controllers.ReplicaSets;

/// <summary>The status that a replica set should have.</summary>
public static class ReplicaSetStatusOf
{
    /// <param name="set">The set, with its present status.</param>
    /// <param name="pods">Its active pods.</param>
    /// <param name="failure">What creating or deleting pods ended with just now; null when it went well.</param>
    /// <param name="now">The time.</param>
    public static ReplicaSetStatus Calculate(ReplicaSet set, IReadOnlyList<Pod> pods, Exception? failure, DateTimeOffset now)
    {
        var template = set.Spec?.Template?.Metadata?.Labels;
        var minReady = set.Spec?.MinReadySeconds ?? 0;
        return new ReplicaSetStatus
        {
            Replicas = pods.Count,
            FullyLabeledReplicas = pods.Count(pod => HasAll(pod.Metadata.Labels, template)),
            ReadyReplicas = pods.Count(Pods.IsReady),
            AvailableReplicas = pods.Count(pod => Pods.IsAvailable(pod, minReady, now)),
            ObservedGeneration = set.Metadata.Generation,
            Conditions = Conditions(set, pods.Count, failure, now),
        };
    }

    private static List<ReplicaSetCondition>? Conditions(ReplicaSet set, int podCount, Exception? failure, DateTimeOffset now)
    {
        var present = set.Status?.Conditions ?? [];
        var known = present.Find(static condition => condition.Type == "ReplicaFailure");
        if (failure is not null && known is null)
        {
            var isTooFew = podCount < (set.Spec?.Replicas ?? 1);
            return
            [
                .. present,
                new ReplicaSetCondition
                {
                    Type = "ReplicaFailure",
                    Status = "True",
                    LastTransitionTime = new Time(now),
                    Reason = isTooFew ? "FailedCreate" : "FailedDelete",
                    Message = failure.Message,
                },
            ];
        }

        var conditions = failure is null && known is not null ? present.FindAll(condition => condition != known) : present;
        return conditions.Count == 0 ? null : conditions;
    }

    private static bool HasAll(Dictionary<string, string>? labels, Dictionary<string, string>? wanted) =>
        wanted is null || wanted.All(pair => labels is not null && labels.TryGetValue(pair.Key, out var value) && value == pair.Value);
}
