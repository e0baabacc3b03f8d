using Kube.Api.Core.V1;
using Kube.Kubelet.PodWorkers;

namespace Kube.Kubelet.Eviction;

/// <summary>Which pods a node under pressure still takes. Pure.</summary>
internal static class PressureAdmission
{
    /// <summary>Priority from which pods are critical to the node: they come in under any pressure and are never evicted.</summary>
    public const int CriticalPriority = 2_000_000_000;

    private const string MemoryTaint = "node.kubernetes.io/memory-pressure";

    /// <summary>Why the pod is refused, or null.</summary>
    public static PodRejection? Check(Pod pod, IReadOnlySet<string> conditions)
    {
        if (conditions.Count == 0 || IsCritical(pod))
        {
            return null;
        }

        bool onlyMemory = conditions.Count == 1 && conditions.Contains(EvictionSignals.MemoryPressure);
        bool taken = onlyMemory && (QosClass.Of(pod) != QosClass.BestEffort || (pod.Spec?.Tolerations ?? []).Exists(ToleratesMemoryPressure));
        return taken ? null : new PodRejection(EvictionMessages.Reason, EvictionMessages.NotAdmitted(conditions));
    }

    /// <summary>Static pods and those of system priority.</summary>
    public static bool IsCritical(Pod pod) => pod.IsStatic() || pod.Spec?.Priority >= CriticalPriority;

    private static bool ToleratesMemoryPressure(Toleration toleration) =>
        (toleration.Effect is null or "" or "NoSchedule")
        && (toleration.Key is { Length: > 0 } key ? key == MemoryTaint : toleration.Operator == "Exists")
        && (toleration.Operator == "Exists" || string.IsNullOrEmpty(toleration.Value));
}
