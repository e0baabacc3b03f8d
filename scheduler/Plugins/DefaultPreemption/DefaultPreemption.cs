using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Plugins.DefaultPreemption;

/// <summary>
/// When no node takes a pod: finds a node that would if pods of lower priority left it, with the least harm.
/// </summary>
/// <param name="minCandidateNodesPercentage">Share of the nodes that is enough to choose from, in per cent.</param>
/// <param name="minCandidateNodesAbsolute">Number of nodes that is enough at least.</param>
public sealed class DefaultPreemption(int minCandidateNodesPercentage = 10, int minCandidateNodesAbsolute = 100) : IPreemptionPlugin
{
    internal static readonly Status NoVictims = Status.Unresolvable("No preemption victims found for incoming pod");
    private static readonly Status NotHelpful = Status.Unresolvable("Preemption is not helpful for scheduling");

    public string Name => "DefaultPreemption";

    public PostFilterResult PostFilter(PodInfo pod, IPostFilterContext context)
    {
        var found = new List<DryRun>();
        return Find(pod, context, found) ?? Choose(found);
    }

    public (PostFilterResult? Result, IReadOnlyList<PreemptionCandidate> Candidates) FindCandidates(PodInfo pod, IPostFilterContext context)
    {
        var found = new List<DryRun>();
        var result = Find(pod, context, found);
        return (result, [.. found.Select(static run => new PreemptionCandidate(run.Node, run.Victims, run.Violations))]);
    }

    public PostFilterResult Choose(IReadOnlyList<PreemptionCandidate> candidates) =>
        candidates.Count == 0 ? new PostFilterResult("preemption: no candidate node for preemption") : Choose(candidates.Select(DryRun.Of));

    /// <summary>Tries out nodes until there are enough; answers the result when there is none.</summary>
    private PostFilterResult? Find(PodInfo pod, IPostFilterContext context, List<DryRun> found)
    {
        if (WhyNotEligible(pod, context) is { } why)
        {
            return new PostFilterResult("preemption: " + why);
        }

        var failures = new List<DryRun>();
        TryOut(pod, context.Resolvable, context, found, failures);
        return found.Count == 0 ? Hopeless(context.View.Count, failures) : null;
    }

    private void TryOut(PodInfo pod, ReadOnlySpan<int> candidates, IPostFilterContext context, List<DryRun> found, List<DryRun> failures)
    {
        if (candidates.Length == 0)
        {
            return;
        }

        var enough = Math.Min(candidates.Length, Math.Max(candidates.Length * minCandidateNodesPercentage / 100, minCandidateNodesAbsolute));
        var offset = context.Random(candidates.Length);
        Func<NodeInfo, DryRun> tryOut = node => DryRun.Of(pod, node, context);
        var harmless = 0;
        for (var i = 0; i < candidates.Length && (found.Count < enough || harmless == 0); i++)
        {
            var run = context.Recall(candidates[(offset + i) % candidates.Length], tryOut);
            if (run.Failure is not null)
            {
                failures.Add(run);
                continue;
            }

            found.Add(run);
            harmless += run.Violations == 0 ? 1 : 0;
        }
    }

    private static PostFilterResult Choose(IEnumerable<DryRun> found)
    {
        var best = found.Aggregate(static (best, run) => run.IsBetterThan(best) ? run : best);
        return new PostFilterResult(null, best.Node.Name, best.Victims);
    }

    private static string? WhyNotEligible(PodInfo pod, IPostFilterContext context)
    {
        if (pod.Spec.PreemptionPolicy == "Never")
        {
            return "not eligible due to preemptionPolicy=Never.";
        }

        var index = context.NominatedNode is { } name ? context.View.IndexOf(name) : -1;
        if (index < 0)
        {
            return null;
        }

        // A node that can't take the pod whoever leaves it is given up for another one.
        var nominated = context.View.Nodes[index];
        return context.StatusOf(index).Code != StatusCode.UnschedulableAndUnresolvable
            && nominated.Pods.Any(other => other.Priority < pod.Priority && IsEndingForAnother(other))
                ? "not eligible due to a terminating pod on the nominated node."
                : null;
    }

    private static bool IsEndingForAnother(PodInfo pod) =>
        pod.IsTerminating && pod.Pod.Status?.Conditions?.Any(condition =>
            condition is { Type: "DisruptionTarget", Status: "True", Reason: "PreemptionByScheduler" }) == true;

    private static PostFilterResult Hopeless(int nodes, List<DryRun> failures)
    {
        var verdicts = new Dictionary<Status, int>(ReferenceEqualityComparer.Instance);
        if (nodes > failures.Count)
        {
            verdicts[NotHelpful] = nodes - failures.Count;
        }

        foreach (var failure in failures)
        {
            verdicts[failure.Failure!] = verdicts.GetValueOrDefault(failure.Failure!) + 1;
        }

        return new PostFilterResult("preemption: " + new FitError(nodes, verdicts).Message, NominatedNode: string.Empty);
    }
}
