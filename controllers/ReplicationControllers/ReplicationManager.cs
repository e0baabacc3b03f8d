using Kube.Controllers.ReplicaSets;

namespace Kube.Controllers.ReplicationControllers;

/// <summary>
/// Keeps as many pods of each replication controller as it asks for: the replica set controller, which is shown a set in
/// the place of each, as in Kubernetes (pkg/controller/replication, conversion.go).
/// </summary>
public sealed class ReplicationManager(ControllerContext context, int workers = 5)
    : ReplicaController<ReplicationController>(context, "replicationcontroller-controller", "replication-controller", workers)
{
    /// <summary>What the replica set controller makes of a replication controller; pods and events still name the latter.</summary>
    internal static ReplicaSet ToSet(ReplicationController controller) => new()
    {
        ApiVersion = "v1",
        Kind = nameof(ReplicationController),
        Metadata = controller.Metadata,
        Spec = new ReplicaSetSpec
        {
            Replicas = controller.Spec?.Replicas,
            MinReadySeconds = controller.Spec?.MinReadySeconds ?? 0,
            Selector = controller.Spec?.Selector is { Count: > 0 } labels ? new LabelSelector { MatchLabels = labels } : null,
            Template = controller.Spec?.Template,
        },
        Status = controller.Status is { } status
            ? new ReplicaSetStatus
            {
                Replicas = status.Replicas,
                FullyLabeledReplicas = status.FullyLabeledReplicas,
                ReadyReplicas = status.ReadyReplicas,
                AvailableReplicas = status.AvailableReplicas,
                ObservedGeneration = status.ObservedGeneration,
                Conditions = status.Conditions?.ConvertAll(static condition => new ReplicaSetCondition
                {
                    Type = condition.Type,
                    Status = condition.Status,
                    LastTransitionTime = condition.LastTransitionTime,
                    Reason = condition.Reason,
                    Message = condition.Message,
                }),
            }
            : null,
    };

    /// <summary>The set's status as the replication controller's.</summary>
    internal static ReplicationControllerStatus ToStatus(ReplicaSetStatus status) => new()
    {
        Replicas = status.Replicas,
        FullyLabeledReplicas = status.FullyLabeledReplicas,
        ReadyReplicas = status.ReadyReplicas,
        AvailableReplicas = status.AvailableReplicas,
        ObservedGeneration = status.ObservedGeneration,
        Conditions = status.Conditions?.ConvertAll(static condition => new ReplicationControllerCondition
        {
            Type = condition.Type,
            Status = condition.Status,
            LastTransitionTime = condition.LastTransitionTime,
            Reason = condition.Reason,
            Message = condition.Message,
        }),
    };

    /// <inheritdoc/>
    protected override ReplicaSet AsSet(ReplicationController owner) => ToSet(owner);

    /// <inheritdoc/>
    protected override void SetStatus(ReplicationController owner, ReplicaSetStatus status) => owner.Status = ToStatus(status);
}
