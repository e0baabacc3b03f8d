namespace Kube.Kubelet.Volumes;

/// <summary>Where a volume is on the host, and whether no container may write to it whatever its mount says.</summary>
internal sealed record MountedVolume(string Path, bool IsReadOnly);
