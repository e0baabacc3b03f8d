using Kube.Api.Core.V1;
using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Plugins.VolumeBinding;

/// <summary>A pod's claims by what is left to do for them.</summary>
/// <param name="Bound">Bound: the node must reach their volumes.</param>
/// <param name="Delayed">To be bound when the pod has its node.</param>
/// <param name="HasImmediate">There are some that somebody else should have bound by now.</param>
internal sealed record ClaimSet(IReadOnlyList<PersistentVolumeClaim> Bound, IReadOnlyList<PersistentVolumeClaim> Delayed, bool HasImmediate)
{
    /// <summary>Reads the claims; a status instead when one of them is missing, lost or going.</summary>
    public static (ClaimSet? Claims, Status Status) Of(PodInfo pod, IStorage storage)
    {
        var bound = new List<PersistentVolumeClaim>();
        var delayed = new List<PersistentVolumeClaim>();
        var hasImmediate = false;
        foreach (var used in pod.Claims)
        {
            var claim = storage.Claim(pod.Key.Namespace, used.Name);
            if (WhyNot(claim, used, pod) is { } why)
            {
                return (null, Status.Unresolvable(why));
            }

            if (VolumeRules.IsBound(claim!))
            {
                bound.Add(claim!);
                continue;
            }

            if (!TryIsDelayed(claim!, storage, out var isDelayed))
            {
                return (null, Status.Error($"VolumeBindingMode not set for StorageClass \"{VolumeRules.ClassOf(claim!)}\""));
            }

            // A claim that names its volume is bound by the volume controller, whatever its class.
            if (isDelayed && string.IsNullOrEmpty(claim!.Spec?.VolumeName))
            {
                delayed.Add(claim);
            }
            else
            {
                hasImmediate = true;
            }
        }

        return (new ClaimSet(bound, delayed, hasImmediate), Status.Success);
    }

    private static string? WhyNot(PersistentVolumeClaim? claim, PodClaim used, PodInfo pod)
    {
        if (claim is null)
        {
            return used.IsEphemeral
                ? $"waiting for ephemeral volume controller to create the persistentvolumeclaim \"{used.Name}\""
                : $"persistentvolumeclaim \"{used.Name}\" not found";
        }

        if (claim.Status?.Phase == "Lost")
        {
            return $"persistentvolumeclaim \"{used.Name}\" bound to non-existent persistentvolume \"{claim.Spec?.VolumeName}\"";
        }

        if (claim.Metadata.DeletionTimestamp is not null)
        {
            return $"persistentvolumeclaim \"{used.Name}\" is being deleted";
        }

        return used.IsEphemeral ? VolumeRules.WhyNotOwned(claim, pod) : null;
    }

    private static bool TryIsDelayed(PersistentVolumeClaim claim, IStorage storage, out bool isDelayed)
    {
        isDelayed = false;
        if (VolumeRules.ClassOf(claim) is not { Length: > 0 } name || storage.Class(name) is not { } found)
        {
            return true;
        }

        isDelayed = found.VolumeBindingMode == VolumeRules.WaitForFirstConsumer;
        return found.VolumeBindingMode is not null;
    }
}
