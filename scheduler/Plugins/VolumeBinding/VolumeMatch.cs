using Kube.Api.Core.V1;
using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Plugins.VolumeBinding;

/// <summary>Finds a volume for a claim among those that are there.</summary>
internal static class VolumeMatch
{
    /// <summary>
    /// The volume that is reserved for the claim, or else the smallest free one that is large enough and of the right kind, and that the
    /// node reaches; null when there is none. Among equals the first.
    /// </summary>
    /// <param name="claim">The claim.</param>
    /// <param name="volumes">Volumes to choose from.</param>
    /// <param name="node">The node that must reach it.</param>
    /// <param name="excluded">Names of volumes that are promised to other claims of the pod.</param>
    public static PersistentVolume? Find(
        PersistentVolumeClaim claim, IReadOnlyList<PersistentVolume> volumes, Node node, IReadOnlySet<string> excluded)
    {
        var size = VolumeRules.SizeOf(claim);
        var selector = claim.Spec?.Selector is { } labels ? LabelMatch.Of(labels) : null;
        PersistentVolume? smallest = null;
        foreach (var volume in volumes)
        {
            var isOurs = VolumeRules.IsFor(volume, claim);
            if (excluded.Contains(volume.Metadata.Name!) || (volume.Spec?.ClaimRef is not null && !isOurs)
                || VolumeRules.SizeOf(volume) < size || ModeOf(volume.Spec?.VolumeMode) != ModeOf(claim.Spec?.VolumeMode)
                || volume.Metadata.DeletionTimestamp is not null)
            {
                continue;
            }

            if (isOurs)
            {
                return VolumeRules.Reaches(node, volume) ? volume : null;
            }

            if (volume.Status?.Phase == "Available"
                && selector?.Matches(volume.Metadata.Labels) != false
                && VolumeRules.ClassOf(volume) == VolumeRules.ClassOf(claim)
                && (smallest is null || VolumeRules.SizeOf(volume) < VolumeRules.SizeOf(smallest))
                && (claim.Spec?.AccessModes ?? []).All(mode => volume.Spec?.AccessModes?.Contains(mode) == true)
                && VolumeRules.Reaches(node, volume))
            {
                smallest = volume;
            }
        }

        return smallest;
    }

    private static string ModeOf(string? mode) => string.IsNullOrEmpty(mode) ? "Filesystem" : mode;
}
