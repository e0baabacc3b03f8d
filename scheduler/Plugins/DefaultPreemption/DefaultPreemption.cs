using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Plugins.DefaultPreemption;

/// <summary>
/// When no node takes a pod: finds a node that would if pods of lower priority left it, with the least harm.
/// </summary>
/// <param name="minCandidateNodesPercentage">Share of the nodes that is enough to choose from, in per cent.</param>
/// <param name="minCandidateNodesAbsolute">Number of nodes that is enough at least.</param>
public sealed class DefaultPreemption(int minCandidateNodesPercentage = 10, int minCandidateNodesAbsolute = 100) : IPostFilterPlugin
{
    internal static readonly Status NoVictims = Status.Unresolvable("No preemption victims found for incoming pod");
    private static readonly Status NotHelpful = Status.Unresolvable("Preemption is not helpful for scheduling");

    public string Name => "DefaultPreemption";

    public PostFilterResult PostFilter(PodInfo pod, IPostFilterContext context)
    {
        if (WhyNotEligible(pod, context) is { } why)
        {
            return new PostFilterResult("preemption: " + why);
        }

        var candidates = context.Resolvable;
        if (candidates.Length == 0)
        {
            return Hopeless(context.View.Count, []);
        }

        var failures = new List<DryRun>();
        var best = Best(pod, candidates, context, failures);
        return best is null
            ? Hopeless(context.View.Count, failures)
            : new PostFilterResult(null, best.Node.Name, best.Victims);
    }

    private DryRun? Best(PodInfo pod, ReadOnlySpan<int> candidates, IPostFilterContext context, List<DryRun> failures)
    {
        var enough = Math.Min(candidates.Length, Math.Max(candidates.Length * minCandidateNodesPercentage / 100, minCandidateNodesAbsolute));
        var offset = context.Random(candidates.Length);
        DryRun? best = null;
        Func<NodeInfo, DryRun> tryOut = node => DryRun.Of(pod, node, context);
        var found = 0;
        var harmless = 0;
        for (var i = 0; i < candidates.Length && (found < enough || harmless == 0); i++)
        {
            var run = context.Recall(candidates[(offset + i) % candidates.Length], tryOut);
            if (run.Failure is not null)
            {
                failures.Add(run);
                continue;
            }

            found++;
            harmless += run.Violations == 0 ? 1 : 0;
            if (best is null || run.IsBetterThan(best))
            {
                best = run;
            }
        }

        return best;
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
