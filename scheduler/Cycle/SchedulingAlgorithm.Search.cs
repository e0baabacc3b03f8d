using System.Numerics;
using Kube.Scheduler.Framework;
using Kube.Scheduler.Queue;

namespace Kube.Scheduler.Cycle;

public sealed partial class SchedulingAlgorithm
{
    /// <summary>One pod's search for a node.</summary>
    private sealed class Search(
        SchedulingAlgorithm owner, Profile profile, PodInfo pod, ClusterView view, NominatedPods? nominations, ShapeState state) : IPostFilterContext
    {
        private const int WordBits = 64;
        private static readonly IReadOnlyList<PodInfo> NoPods = [];

        public ShapeState State => state;

        public ClusterView View => view;

        public string? NominatedNode { get; } = nominations?.NodeOf(pod.Uid);

        public PodInfo Pod => pod;

        public IReadOnlyList<IPostFilterPlugin> PostFilter => profile.PostFilter;

        /// <summary>The outcome when the pod alone decides it, before anyone has looked for a way out.</summary>
        public Decision? Rejection => state.Rejection is not { } rejection ? null
            : rejection.Code == StatusCode.Error ? new Decision(null, null, 0, Error: rejection)
            : new Decision(null, new FitError(view.Count, rejection), 0);

        /// <summary>Whether the node that was cleared for the pod takes it; it is the only feasible one then.</summary>
        public bool TryNominated()
        {
            if (NominatedNode is not { } name || view.IndexOf(name) is not (var index and >= 0)
                || state.OnlyNodes?.Contains(name) == false || Verdict(index) is not null)
            {
                return false;
            }

            owner._feasible[0] = index;
            return true;
        }

        /// <summary>Puts feasible nodes into the owner's list; returns how many were found.</summary>
        public int Run() => state.OnlyNodes is { } only ? RunOver(only) : RunRound();

        /// <summary>No node takes the pod: why, and is there a way out?</summary>
        public Decision Fail()
        {
            var why = Explain();
            return why.Error is null ? Fail(why.Failure!) : why;
        }

        /// <summary>Why no node takes the pod.</summary>
        public Decision Explain()
        {
            var counts = new Dictionary<Status, int>(ReferenceEqualityComparer.Instance);
            if (state.Columns is { } columns)
            {
                foreach (var (verdict, count) in columns.Rejections)
                {
                    counts[verdict] = count;
                }
            }

            CountFurther(counts);

            return counts.Keys.FirstOrDefault(verdict => verdict.Code == StatusCode.Error) is { } error
                ? new Decision(null, null, 0, Error: error)
                : new Decision(null, new FitError(view.Count, counts), 0);
        }

        /// <summary>Is there a way out?</summary>
        public Decision Fail(FitError failure)
        {
            foreach (var plugin in profile.PostFilter)
            {
                if (Heed(failure, plugin.PostFilter(pod, this)) is { } decision)
                {
                    return decision;
                }
            }

            return new Decision(null, failure, 0);
        }

        /// <summary>The decision that follows from a plugin's look for a way out; null when the next is to look.</summary>
        public static Decision? Heed(FitError failure, PostFilterResult result)
        {
            if (result.Message is null)
            {
                return new Decision(null, failure, 0, result.NominatedNode, result.Victims);
            }

            failure.PostFilter = failure.PostFilter is null ? result.Message : $"{failure.PostFilter}, {result.Message}";
            return result.NominatedNode is not null ? new Decision(null, failure, 0, result.NominatedNode) : null;
        }

        public Status StatusOf(int index) =>
            state.Rejection ?? state.Columns?.KnownVerdict(index) ?? owner._verdicts[index] ?? Status.Success;

        public ReadOnlySpan<int> Resolvable
        {
            get
            {
                var count = 0;
                if (state.Rejection is { } rejection)
                {
                    count = rejection.Code == StatusCode.Unschedulable ? Fill() : 0;
                }
                else if (state.Columns is { } columns)
                {
                    count = columns.Resolvable(view.Count, owner._verdicts, owner._feasible);
                }
                else
                {
                    for (var i = 0; i < view.Count; i++)
                    {
                        if (owner._verdicts[i]?.Code == StatusCode.Unschedulable)
                        {
                            owner._feasible[count++] = i;
                        }
                    }
                }

                // Nothing is feasible, so the list is free for this.
                return owner._feasible.AsSpan(0, count);
            }
        }

        public int Random(int exclusiveMax) => owner.NextRandom(exclusiveMax);

        public T Recall<T>(int index, Func<NodeInfo, T> find)
            where T : class =>
            state.IsLocal && state.Columns is not null && (NominatedNode is null || NominatedNode != view.Nodes[index].Name)
                ? state.Recall(index, Promised(index), pod.Priority, find)
                : find(view.Nodes[index]);

        public INodeTrial Try(NodeInfo node) => new Trial(this, node.Clone());

        private int Fill()
        {
            for (var i = 0; i < view.Count; i++)
            {
                owner._feasible[i] = i;
            }

            return view.Count;
        }

        /// <summary>Nodes that passed the filters that look at one node, if there are columns, and were rejected after that; or else all.</summary>
        private void CountFurther(Dictionary<Status, int> counts)
        {
            Status? last = null;
            var run = 0;
            for (var i = 0; i < view.Count; i++)
            {
                if (state.Columns is { } columns && columns.KnownVerdict(i) is not null)
                {
                    continue;
                }

                var verdict = owner._verdicts[i]!;
                if (!ReferenceEquals(verdict, last))
                {
                    Add(counts, last, run);
                    last = verdict;
                    run = 0;
                }

                run++;
            }

            Add(counts, last, run);
        }

        private static void Add(Dictionary<Status, int> counts, Status? verdict, int times)
        {
            if (verdict is not null)
            {
                counts[verdict] = counts.GetValueOrDefault(verdict) + times;
            }
        }

        /// <summary>Goes once around the nodes from where the last search stopped, until enough are found.</summary>
        private int RunRound()
        {
            var count = view.Count;
            var enough = EnoughFeasible(count, profile.PercentageOfNodesToScore);
            var start = owner._start < count ? owner._start : 0;
            var found = RunFrom(start, count, 0, enough);
            if (found < enough)
            {
                found = RunFrom(0, start, found, enough);
            }

            return found;
        }

        private int RunFrom(int first, int end, int found, int enough)
        {
            var isPlain = state.IsLocal && nominations is null;
            for (var index = first; index < end;)
            {
                var word = index / WordBits;
                var mask = ulong.MaxValue << (index % WordBits);
                index = (word + 1) * WordBits;
                if (index > end)
                {
                    mask &= ulong.MaxValue >> (index - end);
                }

                var fits = state.FitsIn(word, mask);
                while (fits != 0)
                {
                    var node = (word * WordBits) + BitOperations.TrailingZeroCount(fits);
                    fits &= fits - 1;
                    if (!isPlain && (owner._verdicts[node] = Further(node)) is not null)
                    {
                        continue;
                    }

                    owner._feasible[found++] = node;
                    if (found == enough)
                    {
                        // The next search goes on where this one stopped, so that all nodes get their turn.
                        owner._start = node + 1;
                        return found;
                    }
                }
            }

            return found;
        }

        private int RunOver(IReadOnlySet<string> names)
        {
            var found = 0;
            var looked = new List<(int Index, Status? Verdict)>(names.Count);
            foreach (var name in names)
            {
                if (view.IndexOf(name) is var index and >= 0)
                {
                    var verdict = Verdict(index);
                    looked.Add((index, verdict));
                    if (verdict is null)
                    {
                        owner._feasible[found++] = index;
                    }
                }
            }

            if (found == 0)
            {
                Array.Fill(owner._verdicts, state.OtherNodes, 0, view.Count);
                foreach (var (index, verdict) in looked)
                {
                    owner._verdicts[index] = verdict;
                }
            }

            return found;
        }

        /// <summary>Says of every node that the search of a few has left out why it does not take the pod.</summary>
        public void ExplainOthers()
        {
            if (state.OnlyNodes is not { } only)
            {
                return;
            }

            for (var i = 0; i < view.Count; i++)
            {
                owner._verdicts[i] ??= only.Contains(view.Nodes[i].Name) ? Verdict(i) : state.OtherNodes;
            }
        }

        private Status? Verdict(int index) => state.Verdict(index) ?? PromisedVerdict(index);

        /// <summary>The verdict on a node that passes the filters that look at one node.</summary>
        private Status? Further(int index) => state.RuleVerdict(index) ?? PromisedVerdict(index);

        /// <summary>
        /// A node must take the pod both with and without the pods for which it is being cleared: they may come, and they may not.
        /// This is the verdict with them.
        /// </summary>
        private Status? PromisedVerdict(int index)
        {
            if (Promised(index) is not { Count: > 0 } promised)
            {
                return null;
            }

            // A promise to this very pod makes it count differently from others of its shape.
            var node = view.Nodes[index];
            if (!state.IsLocal || state.Columns is null || NominatedNode == node.Name)
            {
                return WithAhead(node);
            }

            return state.TryVerdictWith(index, promised, pod.Priority, out var known)
                ? known
                : state.RememberVerdictWith(index, promised, WithAhead(node));
        }

        private Status? WithAhead(NodeInfo node)
        {
            var ahead = Ahead(node);
            return ahead.Count > 0 ? WithAll(node.Clone(), ahead) : null;
        }

        private IReadOnlyList<PodInfo> Promised(int index) => nominations is null ? NoPods : owner._promises[index];

        /// <summary>The pods that have been promised room on the node and are as important as this one.</summary>
        private IReadOnlyList<PodInfo> Ahead(NodeInfo node)
        {
            if (Promised(node.Index) is not { Count: > 0 } promised)
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
}
