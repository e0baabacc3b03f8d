namespace Kube.Controllers.StorageProtection;

/// <summary>Which pods keep a claim. Pure.</summary>
internal static class ClaimUse
{
    /// <summary>The finalizer that claims are created with.</summary>
    public const string Finalizer = "kubernetes.io/pvc-protection";

    /// <summary>The names of the claims that a pod's volumes come from, each as often as it is named.</summary>
    public static IEnumerable<string> ClaimsOf(Pod pod)
    {
        foreach (var volume in pod.Spec?.Volumes ?? [])
        {
            if (volume.PersistentVolumeClaim?.ClaimName is { Length: > 0 } name)
            {
                yield return name;
            }
            else if (volume.Ephemeral is not null)
            {
                yield return EphemeralClaim(pod, volume);
            }
        }
    }

    /// <summary>
    /// True when the pod uses the claim. One without a node does not: the scheduler binds no pod whose claim is being deleted.
    /// What was made for an ephemeral volume is used until the kubelet is done with its pod.
    /// </summary>
    public static bool IsUsedBy(PersistentVolumeClaim claim, Pod pod) =>
        !string.IsNullOrEmpty(pod.Spec?.NodeName) && pod.Metadata.Namespace == claim.Metadata.Namespace && (pod.Spec.Volumes ?? []).Exists(volume =>
            volume.PersistentVolumeClaim?.ClaimName == claim.Metadata.Name
            || (volume.Ephemeral is not null && !IsShutDown(pod) && EphemeralClaim(pod, volume) == claim.Metadata.Name && IsOwnedBy(claim, pod)));

    /// <summary>True when an event of this pod may mean that its claims are free: it is gone, has ended, or never had a node.</summary>
    public static bool MayRelease(Pod pod, bool isGone) => isGone || Pods.IsTerminal(pod) || HasStopped(pod) || string.IsNullOrEmpty(pod.Spec?.NodeName);

    private static string EphemeralClaim(Pod pod, Volume volume) => $"{pod.Metadata.Name}-{volume.Name}";

    private static bool IsOwnedBy(PersistentVolumeClaim claim, Pod pod) =>
        (claim.Metadata.OwnerReferences ?? []).Exists(owner => owner.Controller == true && owner.Uid == pod.Metadata.Uid);

    /// <summary>The kubelet is done with it, or was not asked: waiting for what else holds it up could be for ever.</summary>
    private static bool IsShutDown(Pod pod) => pod.Metadata is { DeletionTimestamp: not null, DeletionGracePeriodSeconds: 0 };

    /// <summary>It is being deleted and no container of it runs.</summary>
    private static bool HasStopped(Pod pod) =>
        pod.Metadata.DeletionTimestamp is not null && (pod.Status?.ContainerStatuses ?? []).TrueForAll(static status => status.State is { Terminated: not null } or { Waiting: not null });
}
