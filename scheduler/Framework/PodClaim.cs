using Kube.Api.Core.V1;

namespace Kube.Scheduler.Framework;

/// <summary>A persistent volume claim that a pod uses.</summary>
/// <param name="Name">The claim's name, in the pod's namespace.</param>
/// <param name="IsEphemeral">The claim is made for this pod alone (a generic ephemeral volume) and must be owned by it.</param>
public readonly record struct PodClaim(string Name, bool IsEphemeral)
{
    /// <summary>The claims of a pod, in the order of its volumes.</summary>
    public static PodClaim[] Of(Pod pod)
    {
        if (pod.Spec?.Volumes is not { Count: > 0 } volumes)
        {
            return [];
        }

        var claims = new List<PodClaim>();
        foreach (var volume in volumes)
        {
            if (volume.PersistentVolumeClaim is { } claim)
            {
                claims.Add(new PodClaim(claim.ClaimName ?? string.Empty, false));
            }
            else if (volume.Ephemeral is not null)
            {
                claims.Add(new PodClaim($"{pod.Metadata.Name}-{volume.Name}", true));
            }
        }

        return [.. claims];
    }
}
