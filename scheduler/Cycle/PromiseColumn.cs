using Kube.Scheduler.Framework;
using Kube.Scheduler.Queue;

namespace Kube.Scheduler.Cycle;

/// <summary>The pods that were promised room on each node, by node index, kept up to date by what has changed. Not thread-safe.</summary>
internal sealed class PromiseColumn
{
    private static readonly IReadOnlyList<PodInfo> None = [];
    private readonly List<string> _changed = [];
    private IReadOnlyList<PodInfo>[] _byIndex = [];
    private object? _epoch;
    private NominatedPods? _source;
    private long _version;

    public IReadOnlyList<PodInfo> this[int index] => _byIndex[index];

    /// <summary>Makes the column that of the view and the promises.</summary>
    public void Sync(ClusterView view, NominatedPods promises)
    {
        _changed.Clear();
        var known = ReferenceEquals(_epoch, view.Epoch) && ReferenceEquals(_source, promises);
        if (promises.TryChangesSince(known ? _version : 0, _changed, out var now) && known)
        {
            foreach (var name in _changed)
            {
                if (view.IndexOf(name) is var index and >= 0)
                {
                    _byIndex[index] = Of(promises, name);
                }
            }
        }
        else
        {
            _byIndex = new IReadOnlyList<PodInfo>[view.Count];
            foreach (var node in view.Nodes)
            {
                _byIndex[node.Index] = Of(promises, node.Name);
            }
        }

        _epoch = view.Epoch;
        _source = promises;
        _version = now;
    }

    private static IReadOnlyList<PodInfo> Of(NominatedPods promises, string node) => promises.On(node) is { Count: > 0 } pods ? pods : None;
}
