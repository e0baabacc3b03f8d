using Kube.Api.Core.V1;
using Kube.Api.Values;

namespace Kube.Kubelet.PodWorkers;

internal static partial class PodStatusBuilder
{
    /// <summary>The condition types that the kubelet owns, in the order it reports them.</summary>
    public static readonly IReadOnlyList<string> OwnConditions =
        ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"];

    /// <summary>Says that the pod ends for another's sake; the kubelet sets it, and so do others.</summary>
    public const string DisruptionTarget = "DisruptionTarget";

    internal static string Phase(Pod pod, List<ContainerStatus> init, List<ContainerStatus> main, bool terminal)
    {
        (bool pendingInit, bool failedInit) = InitPhase(pod, init);
        int unknown = 0, running = 0, waiting = 0, stopped = 0, succeeded = 0;
        foreach (ContainerStatus status in main)
        {
            if (status.State?.Running is not null)
            {
                running++;
            }
            else if (status.State?.Terminated is { } terminated)
            {
                stopped++;
                succeeded += terminated.ExitCode == 0 ? 1 : 0;
            }
            else if (status.State?.Waiting is not null)
            {
                _ = status.LastState?.Terminated is not null ? stopped++ : waiting++;
            }
            else
            {
                unknown++;
            }
        }

        string policy = pod.RestartPolicyOrDefault();
        if (failedInit && policy == PodExtensions.Never)
        {
            return "Failed";
        }

        if ((pendingInit && !terminal) || (waiting > 0 && !terminal))
        {
            return "Pending";
        }

        if (running > 0 && unknown == 0)
        {
            return "Running";
        }

        if (running == 0 && stopped > 0 && unknown == 0)
        {
            return terminal || policy != PodExtensions.Always
                ? stopped == succeeded && waiting == 0 ? "Succeeded"
                    : terminal || policy == PodExtensions.Never ? "Failed" : "Running"
                : "Running";
        }

        return terminal ? "Failed" : "Pending";
    }

    private static (bool Pending, bool Failed) InitPhase(Pod pod, List<ContainerStatus> statuses)
    {
        bool pending = false;
        bool failed = false;
        foreach (Container container in pod.InitContainers())
        {
            ContainerStatus? status = statuses.Find(s => s.Name == container.Name);
            if (container.IsSidecar())
            {
                pending |= status?.Started != true && status?.State?.Terminated is null && status?.LastState?.Terminated is null;
            }
            else if (status?.State?.Terminated is { } ended)
            {
                failed |= ended.ExitCode != 0;
            }
            else if (status?.State?.Waiting is not null && status.LastState?.Terminated is { } last)
            {
                failed |= last.ExitCode != 0;
                pending |= last.ExitCode == 0;
            }
            else
            {
                pending = true;
            }
        }

        // A failed init container of a pod that may restart is waited for.
        return (pending || failed, failed);
    }

    private static List<PodCondition> Conditions(
        Pod pod, PodStatus status, PodRuntimeStatus runtime, PodStatus? previous, DateTimeOffset now)
    {
        List<PodCondition>? old = previous?.Conditions;
        PodCondition containersReady = ContainersReady(pod, status);
        List<PodCondition> own =
        [
            New("PodReadyToStartContainers", runtime.SandboxReady && (runtime.Addresses.Count > 0 || (pod.Spec?.HostNetwork ?? false))),
            Initialized(pod, status),
            Ready(pod, containersReady, old),
            containersReady,
            old?.Find(c => c.Type == "PodScheduled") ?? New("PodScheduled", true),
        ];
        foreach (PodCondition condition in own)
        {
            PodCondition? was = old?.Find(c => c.Type == condition.Type);
            condition.LastTransitionTime = was?.Status == condition.Status && was?.LastTransitionTime is { } time ? time : (Time)now;
        }

        return [.. own, .. (old ?? []).Where(c => !OwnConditions.Contains(c.Type))];
    }

    private static PodCondition Initialized(Pod pod, PodStatus status)
    {
        if (status.Phase == "Succeeded")
        {
            return New("Initialized", true, "PodCompleted");
        }

        bool begun = status.ContainerStatuses!.Exists(c => c.State?.Running is not null || c.State?.Terminated is not null || c.LastState?.Terminated is not null);
        List<string> waiting =
        [
            .. pod.InitContainers()
                .Where(c => status.InitContainerStatuses?.Find(s => s.Name == c.Name) is var s
                    && (c.IsSidecar() ? s?.Started != true && !begun : s?.Ready != true && !begun))
                .Select(c => c.Name!),
        ];
        return waiting.Count == 0
            ? New("Initialized", true)
            : New("Initialized", false, "ContainersNotInitialized", $"containers with incomplete status: [{string.Join(' ', waiting)}]");
    }

    private static PodCondition ContainersReady(Pod pod, PodStatus status)
    {
        if (status.Phase is "Succeeded" or "Failed")
        {
            return New("ContainersReady", false, status.Phase == "Failed" ? "PodFailed" : "PodCompleted");
        }

        List<string> unready =
        [
            .. pod.InitContainers().Where(c => c.IsSidecar() && status.InitContainerStatuses?.Find(s => s.Name == c.Name)?.Ready != true).Select(c => c.Name!),
            .. pod.Containers().Where(c => status.ContainerStatuses!.Find(s => s.Name == c.Name)?.Ready != true).Select(c => c.Name!),
        ];
        return unready.Count == 0
            ? New("ContainersReady", true)
            : New("ContainersReady", false, "ContainersNotReady", $"containers with unready status: [{string.Join(' ', unready)}]");
    }

    private static PodCondition Ready(Pod pod, PodCondition containersReady, List<PodCondition>? old)
    {
        if (containersReady.Status != "True")
        {
            return New("Ready", false, containersReady.Reason, containersReady.Message);
        }

        List<string> messages = [];
        foreach (PodReadinessGate gate in pod.Spec?.ReadinessGates ?? [])
        {
            PodCondition? condition = old?.Find(c => c.Type == gate.ConditionType);
            if (condition is null)
            {
                messages.Add($"corresponding condition of pod readiness gate \"{gate.ConditionType}\" does not exist.");
            }
            else if (condition.Status != "True")
            {
                messages.Add($"the status of pod readiness gate \"{gate.ConditionType}\" is not \"True\", but {condition.Status}");
            }
        }

        return messages.Count == 0 ? New("Ready", true) : New("Ready", false, "ReadinessGatesNotReady", string.Join(", ", messages));
    }

    private static PodCondition New(string type, bool value, string? reason = null, string? message = null) =>
        new() { Type = type, Status = value ? "True" : "False", Reason = reason, Message = message };
}
