namespace Kube.Controllers.ReplicaSets;

/// <summary>Keeps as many pods of each replica set as it asks for.</summary>
public sealed class ReplicaSetController(ControllerContext context, int workers = 5)
    : ReplicaController<ReplicaSet>(context, "replicaset-controller", "replicaset-controller", workers)
{
    /// <inheritdoc/>
    protected override ReplicaSet AsSet(ReplicaSet owner) => owner;

    /// <inheritdoc/>
    protected override void SetStatus(ReplicaSet owner, ReplicaSetStatus status) => owner.Status = status;
}
