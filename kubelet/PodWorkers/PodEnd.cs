namespace Kube.Kubelet.PodWorkers;

/// <summary>Why the kubelet itself ends a pod for good: reason and message of its failed status, and the longest its containers may take.</summary>
internal sealed record PodEnd(string Reason, string Message, long GraceSeconds)
{
    /// <summary>Reason of the pod's DisruptionTarget condition; null for no such condition.</summary>
    public string? Disruption { get; init; }
}
