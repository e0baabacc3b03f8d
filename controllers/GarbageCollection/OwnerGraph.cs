namespace Kube.Controllers.GarbageCollection;

/// <summary>What the graph asks to be looked at.</summary>
internal interface IGraphListener
{
    /// <summary>The object may have to be deleted, or its finalizer taken away.</summary>
    void LookAt(string uid);

    /// <summary>The object's dependents are to be freed of it.</summary>
    void Orphan(string uid);
}

/// <summary>
/// Who owns whom, by uid, over all kinds. Changes come from many informers; each is applied under one lock and leads to
/// calls of the listener, which must only queue. The graph is current as far as the informers are, so what it says is
/// checked with the server before anything is deleted.
/// </summary>
internal sealed class OwnerGraph(IGraphListener listener, Func<OwnerReference, bool> isNamespaced)
{
    public const string ForegroundFinalizer = "foregroundDeletion";
    public const string OrphanFinalizer = "orphan";
    private readonly Lock _lock = new();
    private readonly Dictionary<string, GraphNode> _nodes = new(StringComparer.Ordinal);

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _nodes.Count;
            }
        }
    }

    /// <summary>An object was seen, new or changed.</summary>
    public void Observe(ResourceKind kind, ObjectMeta? old, ObjectMeta value)
    {
        if (value.Uid is not { Length: > 0 } uid)
        {
            return;
        }

        lock (_lock)
        {
            var identity = new ObjectIdentity(kind.ApiVersion, kind.Kind, value.Namespace ?? "", value.Name ?? "", uid);
            var owners = value.OwnerReferences ?? [];
            if (_nodes.TryGetValue(uid, out var node))
            {
                node.Identity = identity;
                node.IsVirtual = false;
                ChangeOwners(node, owners);
            }
            else
            {
                _nodes[uid] = node = new GraphNode(identity) { Owners = owners };
                AddToOwners(node, owners);
            }

            node.IsBeingDeleted = value.DeletionTimestamp is not null;
            ApplyDeletion(node, old, value);
        }
    }

    /// <summary>An object is gone, as an informer saw or the server said.</summary>
    public void Remove(string uid)
    {
        lock (_lock)
        {
            if (!_nodes.Remove(uid, out var node))
            {
                return;
            }

            foreach (var owner in node.Owners)
            {
                if (_nodes.TryGetValue(owner.Uid ?? "", out var ownerNode))
                {
                    ownerNode.Dependents.Remove(node);
                    if (ownerNode.IsDeletingDependents)
                    {
                        listener.LookAt(ownerNode.Identity.Uid);
                    }
                }
            }

            foreach (var dependent in node.Dependents)
            {
                listener.LookAt(dependent.Identity.Uid);
            }
        }
    }

    /// <summary>A copy of what is known of an object; null when it is not in the graph.</summary>
    public GraphView? View(string uid)
    {
        lock (_lock)
        {
            return _nodes.TryGetValue(uid, out var node)
                ? new GraphView(
                    node.Identity,
                    node.IsBeingDeleted,
                    node.IsDeletingDependents,
                    node.IsVirtual,
                    [.. node.Dependents.Select(dependent => new GraphDependent(
                        dependent.Identity,
                        dependent.IsDeletingDependents,
                        dependent.Owners.Any(owner => owner.Uid == uid && owner.BlockOwnerDeletion == true)))])
                : null;
        }
    }

    private void ApplyDeletion(GraphNode node, ObjectMeta? old, ObjectMeta value)
    {
        if (Starts(old, value, OrphanFinalizer))
        {
            listener.Orphan(node.Identity.Uid);
        }
        else if (Starts(old, value, ForegroundFinalizer))
        {
            node.IsDeletingDependents = true;
            foreach (var dependent in node.Dependents)
            {
                listener.LookAt(dependent.Identity.Uid);
            }

            listener.LookAt(node.Identity.Uid);
        }
    }

    /// <summary>Deletion with this finalizer is seen for the first time.</summary>
    private static bool Starts(ObjectMeta? old, ObjectMeta value, string finalizer) =>
        Has(value, finalizer) && (old is null || !Has(old, finalizer));

    private static bool Has(ObjectMeta value, string finalizer) =>
        value.DeletionTimestamp is not null && value.Finalizers?.Contains(finalizer) == true;

    private void ChangeOwners(GraphNode node, IReadOnlyList<OwnerReference> owners)
    {
        var former = node.Owners;
        var removed = former.Where(owner => !owners.Any(other => other.Uid == owner.Uid)).ToList();
        var added = owners.Where(owner => !former.Any(other => other.Uid == owner.Uid)).ToList();
        var unblocked = former.Where(owner => owner.BlockOwnerDeletion == true && owners.Any(other => other.Uid == owner.Uid && other.BlockOwnerDeletion != true));
        foreach (var owner in removed.Where(static owner => owner.BlockOwnerDeletion == true).Concat(unblocked))
        {
            if (_nodes.TryGetValue(owner.Uid ?? "", out var ownerNode) && ownerNode.IsDeletingDependents)
            {
                listener.LookAt(ownerNode.Identity.Uid);
            }
        }

        node.Owners = owners;
        AddToOwners(node, added);
        foreach (var owner in removed)
        {
            if (_nodes.TryGetValue(owner.Uid ?? "", out var ownerNode))
            {
                ownerNode.Dependents.Remove(node);
            }
        }

        if (removed.Count > 0 || added.Count > 0)
        {
            listener.LookAt(node.Identity.Uid);
        }
    }

    private void AddToOwners(GraphNode node, IEnumerable<OwnerReference> owners)
    {
        foreach (var owner in owners)
        {
            if (owner.Uid is not { Length: > 0 } uid)
            {
                continue;
            }

            if (!_nodes.TryGetValue(uid, out var ownerNode))
            {
                // Perhaps not seen yet, perhaps long gone: the server will say.
                var ns = isNamespaced(owner) ? node.Identity.Namespace : "";
                _nodes[uid] = ownerNode = new GraphNode(new ObjectIdentity(owner.ApiVersion ?? "", owner.Kind ?? "", ns, owner.Name ?? "", uid)) { IsVirtual = true };
                listener.LookAt(uid);
            }
            else if (ownerNode.IsDeletingDependents)
            {
                listener.LookAt(node.Identity.Uid);
            }

            ownerNode.Dependents.Add(node);
        }
    }
}

/// <summary>What is known of an object at one moment.</summary>
internal sealed record GraphView(
    ObjectIdentity Identity, bool IsBeingDeleted, bool IsDeletingDependents, bool IsVirtual, IReadOnlyList<GraphDependent> Dependents);

/// <summary>A dependent at one moment; a blocking one must go before an owner that is deleted in the foreground.</summary>
internal sealed record GraphDependent(ObjectIdentity Identity, bool IsDeletingDependents, bool IsBlocking);
