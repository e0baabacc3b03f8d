using Kube.Api.Core.V1;

namespace Kube.Scheduler.Framework;

/// <summary>What a claim or a volume says of itself, as kube-scheduler and the volume controllers read it.</summary>
public static class VolumeRules
{
    /// <summary>Set on a claim that is bound for good.</summary>
    public const string BindCompleted = "pv.kubernetes.io/bind-completed";

    /// <summary>Set on a volume that was bound by a controller and not by a user.</summary>
    public const string BoundByController = "pv.kubernetes.io/bound-by-controller";

    /// <summary>Set by the scheduler on a claim whose volume must be made where this node can reach it.</summary>
    public const string SelectedNode = "volume.kubernetes.io/selected-node";

    /// <summary>Binding mode of a class whose claims are bound when a pod that uses them is scheduled.</summary>
    public const string WaitForFirstConsumer = "WaitForFirstConsumer";

    private const string BetaClass = "volume.beta.kubernetes.io/storage-class";

    /// <summary>The claim's class: an old annotation, or the field; empty for none.</summary>
    public static string ClassOf(PersistentVolumeClaim claim) =>
        claim.Metadata.Annotations?.GetValueOrDefault(BetaClass) ?? claim.Spec?.StorageClassName ?? string.Empty;

    /// <summary>The volume's class: an old annotation, or the field; empty for none.</summary>
    public static string ClassOf(PersistentVolume volume) =>
        volume.Metadata.Annotations?.GetValueOrDefault(BetaClass) ?? volume.Spec?.StorageClassName ?? string.Empty;

    /// <summary>True when both sides of the binding are done.</summary>
    public static bool IsBound(PersistentVolumeClaim claim) =>
        !string.IsNullOrEmpty(claim.Spec?.VolumeName) && claim.Metadata.Annotations?.ContainsKey(BindCompleted) == true;

    /// <summary>True when the volume is reserved for, or bound to, this claim.</summary>
    public static bool IsFor(PersistentVolume volume, PersistentVolumeClaim claim) =>
        volume.Spec?.ClaimRef is { } reference
        && reference.Name == claim.Metadata.Name && reference.Namespace == claim.Metadata.Namespace
        && (string.IsNullOrEmpty(reference.Uid) || reference.Uid == claim.Metadata.Uid);

    /// <summary>True when the node can reach the volume.</summary>
    public static bool Reaches(Node node, PersistentVolume volume) =>
        volume.Spec?.NodeAffinity?.Required is not { } required || (required.NodeSelectorTerms ?? []).Any(term => NodeSelectors.Matches(term, node));

    /// <summary>How many bytes the claim asks for.</summary>
    public static long SizeOf(PersistentVolumeClaim claim) =>
        claim.Spec?.Resources?.Requests?.TryGetValue("storage", out var size) == true ? size.Value() : 0;

    /// <summary>How many bytes the volume has.</summary>
    public static long SizeOf(PersistentVolume volume) => volume.Spec?.Capacity?.TryGetValue("storage", out var size) == true ? size.Value() : 0;

    /// <summary>Why an ephemeral volume's claim is not the pod's; null when it is.</summary>
    public static string? WhyNotOwned(PersistentVolumeClaim claim, PodInfo pod) =>
        claim.Metadata.OwnerReferences?.Any(owner => owner.Controller == true && owner.Uid == pod.Uid) == true
            ? null
            : $"PVC {claim.Metadata.Namespace}/{claim.Metadata.Name} was not created for pod {pod.Key} (pod is not owner)";

    /// <summary>True when the pod uses the claim.</summary>
    public static bool Uses(PodInfo pod, PersistentVolumeClaim claim)
    {
        if (pod.Key.Namespace == claim.Metadata.Namespace)
        {
            foreach (var used in pod.Claims)
            {
                if (used.Name == claim.Metadata.Name)
                {
                    return true;
                }
            }
        }

        return false;
    }
}
