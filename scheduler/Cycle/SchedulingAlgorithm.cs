using Kube.Base;
using Kube.Scheduler.Framework;
using Kube.Scheduler.Queue;

namespace Kube.Scheduler.Cycle;

/// <summary>What a scheduling cycle decided: a node, or why none.</summary>
/// <param name="Chosen">The chosen node; null when there is none.</param>
/// <param name="Failure">Why no node takes the pod; null when one does.</param>
/// <param name="Feasible">How many nodes passed the filters.</param>
/// <param name="NominatedNode">Node to be cleared for the pod; empty when an earlier nomination is void; null leaves it as it is.</param>
/// <param name="Victims">Pods to end there.</param>
/// <param name="Error">A plugin could not tell; there is neither a node nor a reason then, and the pod is to be tried anew.</param>
public readonly record struct Decision(
    NodeInfo? Chosen,
    FitError? Failure,
    int Feasible,
    string? NominatedNode = null,
    IReadOnlyList<PodInfo>? Victims = null,
    Status? Error = null)
{
    /// <summary>The chosen node's name.</summary>
    public string? Node => Chosen?.Name;
}

/// <summary>
/// The serial part of scheduling: filter the nodes, score those that are left, take the best. Ties are broken
/// by the generator handed in. Its answers depend on its arguments and the generator alone; what it remembers
/// of earlier pods (<see cref="ShapeState"/>) only saves work. Not thread-safe.
/// </summary>
public sealed partial class SchedulingAlgorithm(Prng prng)
{
    /// <summary>Clusters up to this size are searched whole (Kubernetes' minFeasibleNodesToFind).</summary>
    public const int SearchedWhole = 100;

    /// <summary>Shapes remembered. Each takes some 30 bytes a node.</summary>
    private const int RememberedShapes = 64;

    private readonly Dictionary<(Profile Profile, PodShape Shape), ShapeState> _shapes = [];
    private readonly Stack<NodeColumns> _spareColumns = new();
    private readonly PromiseColumn _promises = new();
    private PodShape? _lastNarrow;
    private int _start;
    private long _uses;
    private Status?[] _verdicts = [];
    private int[] _feasible = [];
    private long[] _totals = [];
    private long[] _scratch = [];

    /// <summary>Chooses a node out of a cluster of which nothing else is known.</summary>
    public Decision Decide(Profile profile, PodInfo pod, IReadOnlyList<NodeInfo> nodes) =>
        Decide(profile, pod, new ClusterView(nodes), new NominatedPods());

    /// <summary>Chooses a node, or how to make room for the pod.</summary>
    public Decision Decide(Profile profile, PodInfo pod, ClusterView view, NominatedPods nominations)
    {
        if (Begin(profile, pod, view, nominations) is not { } search)
        {
            return new Decision(null, new FitError(0, []), 0);
        }

        if (search.Rejection is { } rejection)
        {
            return rejection.Error is null ? search.Fail(rejection.Failure!) : rejection;
        }

        var found = search.TryNominated() ? 1 : search.Run();
        return found switch
        {
            0 => search.Fail(),
            1 => new Decision(view.Nodes[_feasible[0]], null, 1),
            _ => new Decision(view.Nodes[Best(search.State, found)], null, found),
        };
    }

    /// <summary>Gets ready to look for a node; null when there is none at all.</summary>
    private Search? Begin(Profile profile, PodInfo pod, ClusterView view, NominatedPods nominations)
    {
        if (view.Count == 0)
        {
            return null;
        }

        var hasPromises = !nominations.IsEmpty;
        if (hasPromises)
        {
            _promises.Sync(view, nominations);
        }

        var search = new Search(this, profile, pod, view, hasPromises ? nominations : null, StateOf(profile, pod, view));
        if (search.Rejection is null)
        {
            search.State.Sync();
        }

        return search;
    }

    /// <summary>
    /// How many feasible nodes are enough: all up to 100 nodes; beyond, a share that falls from 50 to 5 per cent, or the one given.
    /// </summary>
    public static int EnoughFeasible(int nodes, int percentage = 0)
    {
        if (nodes <= SearchedWhole)
        {
            return nodes;
        }

        if (percentage == 0)
        {
            percentage = Math.Max(5, 50 - (nodes / 125));
        }

        return Math.Max(SearchedWhole, nodes * Math.Min(percentage, 100) / 100);
    }

    /// <summary>The index of a node with the highest score, each of them with the same probability.</summary>
    private int Best(ShapeState state, int found)
    {
        Score(state, found);
        return Pick(found);
    }

    private void Score(ShapeState state, int found) => state.Score(_feasible.AsSpan(0, found), _totals.AsSpan(0, found), _scratch.AsSpan(0, found));

    private int Pick(int found)
    {
        var nodes = _feasible.AsSpan(0, found);
        var totals = _totals.AsSpan(0, found);
        var best = Largest(totals);
        var ties = 0;
        foreach (var total in totals)
        {
            ties += total == best ? 1 : 0;
        }

        var left = prng.Next(ties);
        for (var i = 0; ; i++)
        {
            if (totals[i] == best && left-- == 0)
            {
                return nodes[i];
            }
        }
    }

    private static long Largest(ReadOnlySpan<long> values)
    {
        var most = long.MinValue;
        foreach (var value in values)
        {
            most = Math.Max(most, value);
        }

        return most;
    }

    private ShapeState StateOf(Profile profile, PodInfo pod, ClusterView view)
    {
        EnsureRoom(view.Count);
        if (!string.IsNullOrEmpty(pod.Spec.NodeName))
        {
            // The node that a pod names itself is no part of its shape.
            var own = new ShapeState(profile, pod, view, isNew: true);
            own.UseColumns(new NodeColumns());
            return own;
        }

        var key = (profile, pod.Shape);
        if (_shapes.TryGetValue(key, out var state))
        {
            if (state.IsGoodFor(view))
            {
                state.LastUse = ++_uses;
                return state;
            }

            Drop(key, state);
        }

        return NewState(key, pod, view);
    }

    private ShapeState NewState((Profile Profile, PodShape Shape) key, PodInfo pod, ClusterView view)
    {
        // Pods that name the nodes that they may run on are most often each of another shape: it is kept when it comes twice.
        var isNew = !ReferenceEquals(_lastNarrow, pod.Shape);
        var state = new ShapeState(key.Profile, pod, view, isNew) { LastUse = ++_uses };
        if (state.Rejection is not null)
        {
            return state;
        }

        if (state.OnlyNodes is not null && isNew)
        {
            _lastNarrow = pod.Shape;
            return state;
        }

        if (_shapes.Count >= RememberedShapes)
        {
            var oldest = _shapes.MinBy(pair => pair.Value.LastUse);
            Drop(oldest.Key, oldest.Value);
        }

        if (state.OnlyNodes is null)
        {
            state.UseColumns(_spareColumns.TryPop(out var spare) ? spare : new NodeColumns());
        }

        _shapes.Add(key, state);
        return state;
    }

    private void Drop((Profile Profile, PodShape Shape) key, ShapeState state)
    {
        _shapes.Remove(key);
        if (state.Columns is { } columns)
        {
            _spareColumns.Push(columns);
        }
    }

    private void EnsureRoom(int nodes)
    {
        if (_feasible.Length < nodes)
        {
            _feasible = new int[nodes];
            _verdicts = new Status?[nodes];
            _totals = new long[nodes];
            _scratch = new long[nodes];
        }
    }

    private int NextRandom(int exclusiveMax) => prng.Next(exclusiveMax);
}
