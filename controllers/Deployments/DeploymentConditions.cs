namespace Kube.Controllers.Deployments;

/// <summary>The conditions of a deployment.</summary>
internal static class DeploymentConditions
{
    public const string Progressing = "Progressing";
    public const string Available = "Available";
    public const string ReplicaFailure = "ReplicaFailure";

    public static DeploymentCondition New(string type, string status, string reason, string message, DateTimeOffset now) => new()
    {
        Type = type,
        Status = status,
        LastUpdateTime = new Time(now),
        LastTransitionTime = new Time(now),
        Reason = reason,
        Message = message,
    };

    public static DeploymentCondition? Find(DeploymentStatus? status, string type) =>
        status?.Conditions?.Find(condition => condition.Type == type);

    /// <summary>
    /// Puts a condition in the place of the one of its type, unless that has the same status and reason already. The
    /// time of transition stays while the status does.
    /// </summary>
    public static void Set(DeploymentStatus status, DeploymentCondition condition)
    {
        var known = Find(status, condition.Type!);
        if (known is not null && known.Status == condition.Status && known.Reason == condition.Reason)
        {
            return;
        }

        if (known is not null && known.Status == condition.Status)
        {
            condition.LastTransitionTime = known.LastTransitionTime;
        }

        Remove(status, condition.Type!);
        (status.Conditions ??= []).Add(condition);
    }

    public static void Remove(DeploymentStatus status, string type) =>
        status.Conditions?.RemoveAll(condition => condition.Type == type);
}
