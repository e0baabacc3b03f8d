namespace Kube.Kubelet.Volumes;

/// <summary>A volume cannot be made; the message is that of Kubernetes' FailedMount event.</summary>
internal sealed class VolumeException(string message) : Exception(message);
