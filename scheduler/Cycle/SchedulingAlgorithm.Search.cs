using Kube.Scheduler.Framework;
using Kube.Scheduler.Queue;

namespace Kube.Scheduler.Cycle;

public sealed partial class SchedulingAlgorithm
{
    /// <summary>One pod's search for a node.</summary>
    private sealed class Search(
        SchedulingAlgorithm owner, Profile profile, PodInfo pod, ClusterView view, NominatedPods? nominations, ShapeState state) : IPostFilterContext
    {
        private static readonly IReadOnlyList<PodInfo> NoPods = [];

        public ShapeState State => state;

        public ClusterView View => view;

        public string? NominatedNode { get; } = nominations?.NodeOf(pod.Uid);

        /// <summary>Puts feasible nodes into the owner's list and everyone's verdict into its column; returns how many were found.</summary>
        public int Run()
        {
            var verdicts = owner._verdicts;
            if (NominatedNode is { } name && view.IndexOf(name) is var index and >= 0
                && state.OnlyNodes?.Contains(name) != false && Verdict(index, view.Nodes[index]) is null)
            {
                owner._feasible[0] = view.Nodes[index];
                return 1;
            }

            return state.OnlyNodes is { } only ? RunOver(only, verdicts) : RunRound(verdicts);
        }

        /// <summary>No node takes the pod: is there a way out?</summary>
        public Decision Fail(FitError failure)
        {
            foreach (var plugin in profile.PostFilter)
            {
                var result = plugin.PostFilter(pod, this);
                if (result.Message is null)
                {
                    return new Decision(null, failure, 0, result.NominatedNode, result.Victims);
                }

                failure.PostFilter = failure.PostFilter is null ? result.Message : $"{failure.PostFilter}, {result.Message}";
                if (result.NominatedNode is not null)
                {
                    return new Decision(null, failure, 0, result.NominatedNode);
                }
            }

            return new Decision(null, failure, 0);
        }

        public Status StatusOf(NodeInfo node) => owner._verdicts[node.Index] ?? Status.Success;

        public int Random(int exclusiveMax) => owner.NextRandom(exclusiveMax);

        public T Recall<T>(NodeInfo node, Func<NodeInfo, T> find)
            where T : class =>
            state.IsLocal && state.Columns is not null && NominatedNode != node.Name ? state.Recall(node, Promised(node), pod.Priority, find) : find(node);

        public INodeTrial Try(NodeInfo node) => new Trial(this, node.Clone());

        private int RunRound(Status?[] verdicts)
        {
            var nodes = view.Nodes;
            var feasible = owner._feasible;
            var enough = EnoughFeasible(nodes.Length, profile.PercentageOfNodesToScore);
            var index = owner._start % nodes.Length;
            var found = 0;
            for (var searched = 0; searched < nodes.Length && found < enough; searched++)
            {
                var node = nodes[index];
                var verdict = nominations is null ? state.Verdict(index, node) : Verdict(index, node);
                verdicts[index] = verdict;
                if (verdict is null)
                {
                    feasible[found++] = node;
                }

                index = index + 1 == nodes.Length ? 0 : index + 1;
            }

            // The next search goes on where this one stopped, so that all nodes get their turn.
            owner._start = index;
            return found;
        }

        private int RunOver(IReadOnlySet<string> names, Status?[] verdicts)
        {
            var found = 0;
            var looked = new List<(int Index, Status? Verdict)>(names.Count);
            foreach (var name in names)
            {
                if (view.IndexOf(name) is var index and >= 0)
                {
                    var node = view.Nodes[index];
                    var verdict = Verdict(index, node);
                    looked.Add((index, verdict));
                    if (verdict is null)
                    {
                        owner._feasible[found++] = node;
                    }
                }
            }

            if (found == 0)
            {
                Array.Fill(verdicts, state.OtherNodes, 0, view.Count);
                foreach (var (index, verdict) in looked)
                {
                    verdicts[index] = verdict;
                }
            }

            return found;
        }

        /// <summary>
        /// A node must take the pod both with and without the pods for which it is being cleared: they may come, and they may not.
        /// </summary>
        private Status? Verdict(int index, NodeInfo node)
        {
            var alone = state.Columns is null ? state.VerdictOf(node) : state.Verdict(index, node);
            if (alone is not null || Promised(node) is not { Count: > 0 } promised)
            {
                return alone;
            }

            // A promise to this very pod makes it count differently from others of its shape.
            if (!state.IsLocal || state.Columns is null || NominatedNode == node.Name)
            {
                return WithAhead(node);
            }

            return state.TryVerdictWith(node, promised, pod.Priority, out var known)
                ? known
                : state.RememberVerdictWith(node, promised, WithAhead(node));
        }

        private Status? WithAhead(NodeInfo node)
        {
            var ahead = Ahead(node);
            return ahead.Count > 0 ? WithAll(node.Clone(), ahead) : null;
        }

        private IReadOnlyList<PodInfo> Promised(NodeInfo node) => nominations is null ? NoPods : owner._promises[node];

        /// <summary>The pods that have been promised room on the node and are as important as this one.</summary>
        private IReadOnlyList<PodInfo> Ahead(NodeInfo node)
        {
            if (Promised(node) is not { Count: > 0 } promised)
            {
                return [];
            }

            return [.. promised.Where(other => other.Priority >= pod.Priority && other.Uid != pod.Uid && node.Pods.All(there => there.Uid != other.Uid))];
        }

        private Status? WithAll(NodeInfo copy, IReadOnlyList<PodInfo> others)
        {
            foreach (var other in others)
            {
                copy.AddPod(other);
                state.Adjust(copy, other, 1);
            }

            var verdict = state.VerdictOf(copy);
            foreach (var other in others)
            {
                state.Adjust(copy, other, -1);
                copy.RemovePod(other.Uid);
            }

            return verdict;
        }

        private sealed class Trial(Search search, NodeInfo copy) : INodeTrial
        {
            private readonly List<(PodInfo Pod, int Sign)> _done = [];

            public void Remove(PodInfo pod)
            {
                copy.RemovePod(pod.Uid);
                Adjust(pod, -1);
            }

            public void Add(PodInfo pod)
            {
                copy.AddPod(pod);
                Adjust(pod, 1);
            }

            public Status Verdict()
            {
                var ahead = search.Ahead(copy);
                return (ahead.Count > 0 ? search.WithAll(copy, ahead) : null) ?? search.State.VerdictOf(copy) ?? Status.Success;
            }

            public void Dispose()
            {
                foreach (var (pod, sign) in _done)
                {
                    search.State.Adjust(copy, pod, -sign);
                }

                _done.Clear();
            }

            private void Adjust(PodInfo pod, int sign)
            {
                search.State.Adjust(copy, pod, sign);
                _done.Add((pod, sign));
            }
        }
    }

    private int NextRandom(int exclusiveMax) => prng.Next(exclusiveMax);
}
