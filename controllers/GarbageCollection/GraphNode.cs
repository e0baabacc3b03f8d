namespace Kube.Controllers.GarbageCollection;

/// <summary>An object in the owner graph. Guarded by the graph's lock.</summary>
internal sealed class GraphNode(ObjectIdentity identity)
{
    public ObjectIdentity Identity { get; set; } = identity;

    public IReadOnlyList<OwnerReference> Owners { get; set; } = [];

    public HashSet<GraphNode> Dependents { get; } = [];

    /// <summary>It has a deletion timestamp.</summary>
    public bool IsBeingDeleted { get; set; }

    /// <summary>It waits for its dependents to go: foreground deletion.</summary>
    public bool IsDeletingDependents { get; set; }

    /// <summary>Known from a reference only, not yet seen itself: it may not exist.</summary>
    public bool IsVirtual { get; set; }
}
