using Kube.Api.Core.V1;

namespace Kube.ApiServer.Auth.Nodes;

/// <summary>
/// Which objects a node needs: those that the pods bound to it name. Kept up to date from the pods' changes;
/// safe for use from many threads.
/// </summary>
public sealed class NodeGraph
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (string Node, HashSet<ObjectReference> Needs)> _pods = new(StringComparer.Ordinal);

    /// <summary>How many pods of each node need an object.</summary>
    private readonly Dictionary<ObjectReference, Dictionary<string, int>> _neededBy = [];

    /// <summary>A pod is new or has changed.</summary>
    public void Set(Pod pod)
    {
        var uid = pod.Metadata.Uid!;
        lock (_lock)
        {
            RemoveCore(uid);
            if (string.IsNullOrEmpty(pod.Spec?.NodeName))
            {
                return;
            }

            var needs = PodReferences.Of(pod);
            _pods.Add(uid, (pod.Spec.NodeName, needs));
            foreach (var need in needs)
            {
                if (!_neededBy.TryGetValue(need, out var nodes))
                {
                    _neededBy[need] = nodes = new Dictionary<string, int>(StringComparer.Ordinal);
                }

                nodes[pod.Spec.NodeName] = nodes.GetValueOrDefault(pod.Spec.NodeName) + 1;
            }
        }
    }

    /// <summary>A pod is gone.</summary>
    public void Remove(string uid)
    {
        lock (_lock)
        {
            RemoveCore(uid);
        }
    }

    /// <summary>True when a pod on the node names the object.</summary>
    public bool Needs(string node, string resource, string ns, string name)
    {
        lock (_lock)
        {
            return _neededBy.TryGetValue(new ObjectReference(resource, ns, name), out var nodes) && nodes.ContainsKey(node);
        }
    }

    private void RemoveCore(string uid)
    {
        if (!_pods.Remove(uid, out var entry))
        {
            return;
        }

        foreach (var need in entry.Needs)
        {
            var nodes = _neededBy[need];
            if (--nodes[entry.Node] == 0)
            {
                nodes.Remove(entry.Node);
                if (nodes.Count == 0)
                {
                    _neededBy.Remove(need);
                }
            }
        }
    }
}

/// <summary>An object that a pod names.</summary>
/// <param name="Resource">secrets, configmaps, persistentvolumeclaims, serviceaccounts or pods.</param>
public readonly record struct ObjectReference(string Resource, string Namespace, string Name);
