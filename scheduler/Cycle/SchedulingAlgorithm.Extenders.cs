using Kube.Scheduler.Framework;
using Kube.Scheduler.Queue;

namespace Kube.Scheduler.Cycle;

public sealed partial class SchedulingAlgorithm
{
    /// <summary>What a point of an extender, of which it has 10 to give, counts beside the plugins' 100.</summary>
    private const long ExtenderScale = IScorePlugin.MaxScore / 10;

    /// <summary>
    /// As <see cref="Decide(Profile, PodInfo, ClusterView, NominatedPods)"/>, with extenders that have a say: each sees the nodes that filters and
    /// extenders before it have left. The view must not change meanwhile.
    /// </summary>
    public async Task<Decision> DecideAsync(
        Profile profile, PodInfo pod, ClusterView view, NominatedPods nominations, IReadOnlyList<IExtender> extenders, CancellationToken cancellationToken)
    {
        if (Begin(profile, pod, view, nominations) is not { } search)
        {
            return new Decision(null, new FitError(0, []), 0);
        }

        if (search.Rejection is { } rejection)
        {
            return rejection.Error is null ? await FailAsync(search, rejection.Failure!, extenders, cancellationToken).ConfigureAwait(false) : rejection;
        }

        try
        {
            Array.Clear(_verdicts, 0, view.Count);
            var found = search.TryNominated() ? await FilterAsync(search, 1, extenders, cancellationToken).ConfigureAwait(false) : 0;
            if (found == 0)
            {
                found = await FilterAsync(search, search.Run(), extenders, cancellationToken).ConfigureAwait(false);
            }

            if (found > 0)
            {
                var best = found == 1 ? _feasible[0] : await BestAsync(search, found, extenders, cancellationToken).ConfigureAwait(false);
                return new Decision(view.Nodes[best], null, found);
            }
        }
        catch (ExtenderException e)
        {
            return new Decision(null, null, 0, Error: Status.Error(e.Message));
        }

        search.ExplainOthers();
        var why = search.Explain();
        return why.Error is null ? await FailAsync(search, why.Failure!, extenders, cancellationToken).ConfigureAwait(false) : why;
    }

    private async Task<int> FilterAsync(Search search, int found, IReadOnlyList<IExtender> extenders, CancellationToken cancellationToken)
    {
        foreach (var extender in extenders)
        {
            if (!extender.Filters || found == 0)
            {
                continue;
            }

            try
            {
                var verdicts = await extender.FilterAsync(search.Pod, Feasible(search.View, found), cancellationToken).ConfigureAwait(false);
                found = Keep(search.View, found, verdicts);
            }
            catch (ExtenderException) when (extender.IsIgnorable)
            {
                // The configuration has it so; the extender has logged why.
            }
        }

        return found;
    }

    private int Keep(ClusterView view, int found, ExtenderVerdicts verdicts)
    {
        var left = 0;
        for (var i = 0; i < found; i++)
        {
            var index = _feasible[i];
            var name = view.Nodes[index].Name;
            if (verdicts.Kept.Contains(name))
            {
                _feasible[left++] = index;
            }
            else
            {
                _verdicts[index] = verdicts.Of(name);
            }
        }

        return left;
    }

    private async Task<int> BestAsync(Search search, int found, IReadOnlyList<IExtender> extenders, CancellationToken cancellationToken)
    {
        Score(search.State, found);
        var nodes = Feasible(search.View, found);
        var asked = extenders.Where(static extender => extender.Weight > 0).ToList();
        var answers = await Task.WhenAll(asked.Select(extender => ScoresOf(extender, search.Pod, nodes, cancellationToken))).ConfigureAwait(false);
        foreach (var (extender, scores) in asked.Zip(answers))
        {
            for (var i = 0; i < found; i++)
            {
                _totals[i] += scores.GetValueOrDefault(nodes[i].Name) * extender.Weight * ExtenderScale;
            }
        }

        return Pick(found);
    }

    /// <summary>An extender that fails to score, ignorable or not, leaves the choice to the others, as in Kubernetes.</summary>
    private static async Task<IReadOnlyDictionary<string, long>> ScoresOf(IExtender extender, PodInfo pod, IReadOnlyList<NodeInfo> nodes, CancellationToken cancellationToken)
    {
        try
        {
            return await extender.ScoreAsync(pod, nodes, cancellationToken).ConfigureAwait(false);
        }
        catch (ExtenderException)
        {
            return new Dictionary<string, long>();
        }
    }

    private static async Task<Decision> FailAsync(Search search, FitError failure, IReadOnlyList<IExtender> extenders, CancellationToken cancellationToken)
    {
        foreach (var plugin in search.PostFilter)
        {
            var result = plugin is IPreemptionPlugin preemption
                ? await PreemptAsync(preemption, search, extenders, cancellationToken).ConfigureAwait(false)
                : plugin.PostFilter(search.Pod, search);
            if (Search.Heed(failure, result) is { } decision)
            {
                return decision;
            }
        }

        return new Decision(null, failure, 0);
    }

    private static async Task<PostFilterResult> PreemptAsync(
        IPreemptionPlugin plugin, Search search, IReadOnlyList<IExtender> extenders, CancellationToken cancellationToken)
    {
        var (result, candidates) = plugin.FindCandidates(search.Pod, search);
        if (result is not null)
        {
            return result;
        }

        foreach (var extender in extenders)
        {
            if (!extender.Preempts || candidates.Count == 0)
            {
                continue;
            }

            try
            {
                candidates = Checked(extender, await extender.PreemptAsync(search.Pod, candidates, cancellationToken).ConfigureAwait(false));
            }
            catch (ExtenderException) when (extender.IsIgnorable)
            {
                // As with filters.
            }
            catch (ExtenderException e)
            {
                return new PostFilterResult("preemption: " + e.Message);
            }
        }

        return plugin.Choose(candidates);
    }

    /// <summary>A candidate must have someone to end.</summary>
    private static IReadOnlyList<PreemptionCandidate> Checked(IExtender extender, IReadOnlyList<PreemptionCandidate> candidates)
    {
        if (candidates.FirstOrDefault(static candidate => candidate.Victims.Count == 0) is not { } empty)
        {
            return candidates;
        }

        return extender.IsIgnorable
            ? [.. candidates.Where(static candidate => candidate.Victims.Count > 0)]
            : throw new ExtenderException($"expected at least one victim pod on node \"{empty.Node.Name}\"");
    }

    private NodeInfo[] Feasible(ClusterView view, int found)
    {
        var nodes = new NodeInfo[found];
        for (var i = 0; i < found; i++)
        {
            nodes[i] = view.Nodes[_feasible[i]];
        }

        return nodes;
    }
}
