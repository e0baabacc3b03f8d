namespace Kube.Kubelet.PodWorkers;

/// <summary>Why a node refuses a pod: the reason and message of its failed status.</summary>
internal sealed record PodRejection(string Reason, string Message);
