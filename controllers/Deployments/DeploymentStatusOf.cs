using static Kube.Controllers.Deployments.DeploymentConditions;

namespace Kube.Controllers.Deployments;

/// <summary>The status that a deployment should have, and what it says of the rollout. Pure.</summary>
internal static class DeploymentStatusOf
{
    /// <summary>A progress deadline that Kubernetes takes for none.</summary>
    private const int NoDeadline = int.MaxValue;

    public static bool HasProgressDeadline(Deployment deployment) =>
        deployment.Spec?.ProgressDeadlineSeconds is { } seconds && seconds != NoDeadline;

    /// <summary>Counts and the Available condition; the other conditions as they are.</summary>
    public static DeploymentStatus Calculate(Deployment deployment, IReadOnlyList<ReplicaSet> all, ReplicaSet? newest, DateTimeOffset now)
    {
        var available = all.Sum(static set => set.Status?.AvailableReplicas ?? 0);
        var status = new DeploymentStatus
        {
            ObservedGeneration = deployment.Metadata.Generation,
            Replicas = all.Sum(static set => set.Status?.Replicas ?? 0),
            UpdatedReplicas = newest?.Status?.Replicas ?? 0,
            ReadyReplicas = all.Sum(static set => set.Status?.ReadyReplicas ?? 0),
            AvailableReplicas = available,
            UnavailableReplicas = Math.Max(0, RolloutMath.Total(all) - available),
            CollisionCount = deployment.Status?.CollisionCount,
            Conditions = [.. deployment.Status?.Conditions ?? []],
        };
        var isAvailable = available >= RolloutMath.Desired(deployment) - RolloutMath.MaxUnavailable(deployment);
        Set(status, isAvailable
            ? New(Available, "True", "MinimumReplicasAvailable", "Deployment has minimum availability.", now)
            : New(Available, "False", "MinimumReplicasUnavailable", "Deployment does not have minimum availability.", now));
        return status;
    }

    /// <summary>As <see cref="Calculate"/>, with the Progressing and ReplicaFailure conditions of a rollout.</summary>
    public static DeploymentStatus CalculateRollout(Deployment deployment, IReadOnlyList<ReplicaSet> all, ReplicaSet? newest, DateTimeOffset now)
    {
        var status = Calculate(deployment, all, newest, now);
        var known = Find(deployment.Status, Progressing);
        if (!HasProgressDeadline(deployment))
        {
            Remove(status, Progressing);
        }
        else if (status.Replicas != status.UpdatedReplicas || known?.Reason != "NewReplicaSetAvailable")
        {
            SetProgress(deployment, status, newest, known, now);
        }

        if ((Failure(newest) ?? all.Select(Failure).FirstOrDefault(static found => found is not null)) is { } failure)
        {
            Set(status, new DeploymentCondition
            {
                Type = failure.Type,
                Status = failure.Status,
                LastTransitionTime = failure.LastTransitionTime,
                LastUpdateTime = failure.LastTransitionTime,
                Reason = failure.Reason,
                Message = failure.Message,
            });
        }
        else
        {
            Remove(status, ReplicaFailure);
        }

        return status;
    }

    /// <summary>Every pod is of the newest template, available, and none is left over.</summary>
    public static bool IsComplete(Deployment deployment, DeploymentStatus? status) =>
        status is not null &&
        status.UpdatedReplicas == RolloutMath.Desired(deployment) &&
        status.Replicas == RolloutMath.Desired(deployment) &&
        status.AvailableReplicas == RolloutMath.Desired(deployment) &&
        status.ObservedGeneration >= deployment.Metadata.Generation;

    /// <summary>When to look again whether the deadline has passed; null when that is not needed.</summary>
    public static TimeSpan? NextProgressCheck(Deployment deployment, DeploymentStatus status, DateTimeOffset now)
    {
        var progressing = Find(status, Progressing);
        if (!HasProgressDeadline(deployment) || progressing?.LastUpdateTime is not { } since ||
            IsComplete(deployment, status) || progressing.Reason == "ProgressDeadlineExceeded")
        {
            return null;
        }

        var left = since.Value.AddSeconds(deployment.Spec!.ProgressDeadlineSeconds!.Value) - now;

        // A second more: times are written to the second.
        return (left > TimeSpan.Zero ? left : TimeSpan.Zero) + TimeSpan.FromSeconds(1);
    }

    private static void SetProgress(Deployment deployment, DeploymentStatus status, ReplicaSet? newest, DeploymentCondition? known, DateTimeOffset now)
    {
        var subject = newest is null ? $"Deployment \"{deployment.Metadata.Name}\"" : $"ReplicaSet \"{newest.Metadata.Name}\"";
        if (IsComplete(deployment, status))
        {
            Set(status, New(Progressing, "True", "NewReplicaSetAvailable", subject + " has successfully progressed.", now));
        }
        else if (HasProgressed(deployment.Status, status))
        {
            var condition = New(Progressing, "True", "ReplicaSetUpdated", subject + " is progressing.", now);
            if (known?.Status == "True")
            {
                condition.LastTransitionTime = known.LastTransitionTime;
            }

            // Taken away first: each step forward renews the time of update, though status and reason stay.
            Remove(status, Progressing);
            Set(status, condition);
        }
        else if (HasTimedOut(deployment, status, now))
        {
            Set(status, New(Progressing, "False", "ProgressDeadlineExceeded", subject + " has timed out progressing.", now));
        }
    }

    private static bool HasProgressed(DeploymentStatus? before, DeploymentStatus after) =>
        after.UpdatedReplicas > (before?.UpdatedReplicas ?? 0) ||
        after.Replicas - after.UpdatedReplicas < (before?.Replicas ?? 0) - (before?.UpdatedReplicas ?? 0) ||
        after.ReadyReplicas > (before?.ReadyReplicas ?? 0) ||
        after.AvailableReplicas > (before?.AvailableReplicas ?? 0);

    private static bool HasTimedOut(Deployment deployment, DeploymentStatus status, DateTimeOffset now)
    {
        var progressing = Find(status, Progressing);
        return progressing?.Reason switch
        {
            null or "NewReplicaSetAvailable" => false,
            "ProgressDeadlineExceeded" => true,
            _ => progressing.LastUpdateTime is { } since && since.Value.AddSeconds(deployment.Spec!.ProgressDeadlineSeconds!.Value) < now,
        };
    }

    private static ReplicaSetCondition? Failure(ReplicaSet? set) =>
        set?.Status?.Conditions?.Find(static condition => condition.Type == ReplicaFailure);
}
