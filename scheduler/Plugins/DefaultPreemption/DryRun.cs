using Kube.Api.Core.V1;
using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Plugins.DefaultPreemption;

/// <summary>What clearing a node for a pod would take. Immutable.</summary>
internal sealed class DryRun
{
    private DryRun(Status? failure, NodeInfo node, IReadOnlyList<PodInfo> victims, int violations)
    {
        Failure = failure;
        Node = node;
        Victims = victims;
        Violations = violations;
        if (victims.Count > 0)
        {
            HighestPriority = victims.Max(victim => victim.Priority);
            PrioritySum = victims.Sum(victim => victim.Priority + (long)int.MaxValue + 1);
            EarliestStart = victims.Where(victim => victim.Priority == HighestPriority).Min(StartOf);
        }
    }

    /// <summary>Why clearing does not help; null when it does.</summary>
    public Status? Failure { get; }

    public NodeInfo Node { get; }

    /// <summary>The pods to end, most important first.</summary>
    public IReadOnlyList<PodInfo> Victims { get; }

    /// <summary>How many of them would break a disruption budget.</summary>
    public int Violations { get; }

    public int HighestPriority { get; }

    /// <summary>Sum of the victims' priorities, each raised so that it is positive.</summary>
    public long PrioritySum { get; }

    /// <summary>Start of the longest-running victim of the highest priority.</summary>
    public DateTimeOffset EarliestStart { get; }

    /// <summary>A candidate as an extender left it.</summary>
    public static DryRun Of(PreemptionCandidate candidate) => new(null, candidate.Node, candidate.Victims, candidate.Violations);

    /// <summary>
    /// Takes all pods of lower priority off the node; if the pod fits then, puts back as many as it still fits beside: first those
    /// whose end would break a budget, of each kind the most important first.
    /// </summary>
    public static DryRun Of(PodInfo pod, NodeInfo node, IPostFilterContext context)
    {
        var lower = node.Pods.Where(other => other.Priority < pod.Priority).ToList();
        if (lower.Count == 0)
        {
            return new DryRun(DefaultPreemption.NoVictims, node, [], 0);
        }

        using var trial = context.Try(node);
        foreach (var victim in lower)
        {
            trial.Remove(victim);
        }

        var verdict = trial.Verdict();
        if (!verdict.IsSuccess)
        {
            return new DryRun(verdict, node, [], 0);
        }

        lower = MostImportantFirst(lower);
        var (violating, others) = SplitByBudget(lower, context.View.Facts.Budgets);
        var victims = new List<PodInfo>(lower.Count);
        PutBack(violating, trial, victims);
        var violations = victims.Count;
        PutBack(others, trial, victims);
        if (violating.Count > 0 && others.Count > 0)
        {
            victims = MostImportantFirst(victims);
        }

        return victims.Count > 0
            ? new DryRun(null, node, victims, violations)
            : new DryRun(Status.Error($"expected at least one victim pod on node \"{node.Name}\""), node, [], 0);
    }

    /// <summary>True when ending these pods is less harm: fewer broken budgets, then less important pods, then fewer, then younger.</summary>
    public bool IsBetterThan(DryRun other)
    {
        if (Violations != other.Violations)
        {
            return Violations < other.Violations;
        }

        if (HighestPriority != other.HighestPriority)
        {
            return HighestPriority < other.HighestPriority;
        }

        if (PrioritySum != other.PrioritySum)
        {
            return PrioritySum < other.PrioritySum;
        }

        return Victims.Count != other.Victims.Count ? Victims.Count < other.Victims.Count : EarliestStart > other.EarliestStart;
    }

    private static void PutBack(List<PodInfo> pods, INodeTrial trial, List<PodInfo> victims)
    {
        foreach (var pod in pods)
        {
            trial.Add(pod);
            if (!trial.Verdict().IsSuccess)
            {
                trial.Remove(pod);
                victims.Add(pod);
            }
        }
    }

    private static (List<PodInfo> Violating, List<PodInfo> Others) SplitByBudget(List<PodInfo> pods, IReadOnlyList<DisruptionBudget> budgets)
    {
        if (budgets.Count == 0)
        {
            return ([], pods);
        }

        var allowed = budgets.Select(budget => budget.Allowed).ToArray();
        var violating = new List<PodInfo>();
        var others = new List<PodInfo>();
        foreach (var pod in pods)
        {
            var breaks = false;
            for (var i = 0; i < budgets.Count; i++)
            {
                var budget = budgets[i];
                if (pod.Labels is { Count: > 0 } && budget.Namespace == pod.Key.Namespace && !budget.Selector.IsEverything
                    && budget.Selector.Matches(pod.Labels) && !budget.Disrupted.Contains(pod.Key.Name))
                {
                    breaks |= --allowed[i] < 0;
                }
            }

            (breaks ? violating : others).Add(pod);
        }

        return (violating, others);
    }

    /// <summary>Among equals the order stays: List.Sort would change it.</summary>
    private static List<PodInfo> MostImportantFirst(List<PodInfo> pods) => [.. pods.Order(Comparer<PodInfo>.Create(ByImportance))];

    private static int ByImportance(PodInfo left, PodInfo right)
    {
        var byPriority = right.Priority.CompareTo(left.Priority);
        return byPriority != 0 ? byPriority : StartOf(left).CompareTo(StartOf(right));
    }

    /// <summary>A pod that has not started yet is the youngest.</summary>
    private static DateTimeOffset StartOf(PodInfo pod) => pod.Pod.Status?.StartTime is { } start ? start : DateTimeOffset.MaxValue;
}
