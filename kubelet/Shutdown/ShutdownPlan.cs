using Kube.Api.Core.V1;
using Kube.Kubelet.Eviction;

namespace Kube.Kubelet.Shutdown;

/// <summary>How long pods get to end when the machine shuts down.</summary>
internal sealed record ShutdownOptions
{
    /// <summary>For all pods together; zero: none, pods end with the machine.</summary>
    public TimeSpan GracePeriod { get; init; }

    /// <summary>The part at the end of <see cref="GracePeriod"/> that is left to critical pods.</summary>
    public TimeSpan CriticalPods { get; init; }

    /// <summary>Grace by priority, in place of the two above: a pod gets that of the highest priority that is not above its own.</summary>
    public IReadOnlyList<(int Priority, TimeSpan Grace)> ByPriority { get; init; } = [];

    /// <summary>The steps in the order in which they are taken, least priority first; none when there is no grace.</summary>
    public IReadOnlyList<(int Priority, TimeSpan Grace)> Steps => ByPriority.Count > 0 ? [.. ByPriority.OrderBy(s => s.Priority)]
        : GracePeriod <= TimeSpan.Zero || CriticalPods > GracePeriod ? []
        : [(0, GracePeriod - CriticalPods), (PressureAdmission.CriticalPriority, CriticalPods)];
}

/// <summary>Which pods end in which step of a shutdown. Pure.</summary>
internal static class ShutdownPlan
{
    /// <summary>The steps with their pods; a pod below the least priority goes with the first.</summary>
    public static IReadOnlyList<(TimeSpan Grace, IReadOnlyList<Pod> Pods)> Group(IReadOnlyList<(int Priority, TimeSpan Grace)> steps, IEnumerable<Pod> pods)
    {
        List<Pod>[] groups = [.. steps.Select(_ => new List<Pod>())];
        foreach (Pod pod in pods)
        {
            int priority = pod.Spec?.Priority ?? 0;
            int step = steps.Count - 1;
            while (step > 0 && steps[step].Priority > priority)
            {
                step--;
            }

            groups[step].Add(pod);
        }

        return [.. steps.Select((s, i) => (s.Grace, (IReadOnlyList<Pod>)groups[i]))];
    }

    /// <summary>How long a pod of a step gets: its own grace where that is shorter.</summary>
    public static long GraceSeconds(Pod pod, TimeSpan step) =>
        pod.Spec?.TerminationGracePeriodSeconds is { } own && own <= (long)step.TotalSeconds ? own : (long)step.TotalSeconds;
}
