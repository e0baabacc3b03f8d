using System.Globalization;
using Kube.Api.Core.V1;
using Kube.Scheduler.Cache;
using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Cycle;

/// <summary>
/// Binds a pod's claims: tells the API server what was decided, and waits until the volume controller and the provisioners have done their part.
/// </summary>
internal sealed class VolumeBinder(IPodBinder api, StorageCache storage, SchedulerCache cache, TimeProvider time)
{
    /// <summary>Success when all claims of the plan are bound; otherwise an error that says why the pod must be tried anew.</summary>
    public async Task<Status> BindAsync(PodInfo pod, string node, VolumePlan plan, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var volumes = new List<(PersistentVolume Volume, PersistentVolumeClaim Claim)>();
        foreach (var (volume, claim) in plan.Static)
        {
            volumes.Add((await api.BindVolumeAsync(volume, claim, cancellationToken).ConfigureAwait(false), claim));
        }

        var claims = new List<PersistentVolumeClaim>();
        foreach (var claim in plan.Provisioned)
        {
            claims.Add(await api.SelectNodeAsync(claim, node, cancellationToken).ConfigureAwait(false));
        }

        using var limit = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        while (true)
        {
            var changed = Task.WhenAny(storage.Changed, cache.NodeOrPodGone);
            var (isDone, problem) = Check(pod, node, volumes, claims);
            if (isDone)
            {
                return Status.Success;
            }

            if (problem is not null)
            {
                return Status.Error($"binding volumes: {problem}");
            }

            try
            {
                await changed.WaitAsync(either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return Status.Error("binding volumes: context deadline exceeded");
            }
        }
    }

    private (bool IsDone, string? Problem) Check(
        PodInfo pod, string node, List<(PersistentVolume Volume, PersistentVolumeClaim Claim)> volumes, List<PersistentVolumeClaim> claims)
    {
        if (cache.FindNode(node) is not { } found)
        {
            return (false, $"failed to get node \"{node}\": node \"{node}\" not found");
        }

        if (!cache.Contains(pod.Uid))
        {
            return (false, $"pod does not exist any more: pod \"{pod.Key.Name}\" not found");
        }

        var isDone = true;
        foreach (var (volume, claim) in volumes)
        {
            var (done, problem) = CheckStatic(volume, claim, found);
            if (problem is not null)
            {
                return (false, problem);
            }

            isDone &= done;
        }

        foreach (var claim in claims)
        {
            var (done, problem) = CheckProvisioned(claim, found);
            if (problem is not null)
            {
                return (false, problem);
            }

            isDone &= done;
        }

        return (isDone, null);
    }

    private (bool IsDone, string? Problem) CheckStatic(PersistentVolume written, PersistentVolumeClaim wanted, Node node)
    {
        var name = written.Metadata.Name!;
        if (storage.ActualVolume(name) is not { } volume)
        {
            return (false, $"failed to check binding: could not find v1.PersistentVolume \"{name}\"");
        }

        if (storage.ActualClaim(wanted.Metadata.Namespace ?? string.Empty, wanted.Metadata.Name!) is not { } claim)
        {
            return (false, $"failed to check binding: could not find v1.PersistentVolumeClaim \"{wanted.Metadata.Namespace}/{wanted.Metadata.Name}\"");
        }

        if (IsOlder(volume.Metadata.ResourceVersion, written.Metadata.ResourceVersion))
        {
            return (false, null);
        }

        if (!VolumeRules.Reaches(node, volume))
        {
            return (false, $"pv \"{name}\" node affinity doesn't match node \"{node.Metadata.Name}\": no matching NodeSelectorTerms");
        }

        return string.IsNullOrEmpty(volume.Spec?.ClaimRef?.Uid) ? (false, $"ClaimRef got reset for pv \"{name}\"") : (VolumeRules.IsBound(claim), null);
    }

    private (bool IsDone, string? Problem) CheckProvisioned(PersistentVolumeClaim written, Node node)
    {
        var name = written.Metadata.Name!;
        if (storage.ActualClaim(written.Metadata.Namespace ?? string.Empty, name) is not { } claim)
        {
            return (false, $"failed to check provisioning pvc: could not find v1.PersistentVolumeClaim \"{written.Metadata.Namespace}/{name}\"");
        }

        if (IsOlder(claim.Metadata.ResourceVersion, written.Metadata.ResourceVersion))
        {
            return (false, null);
        }

        if (claim.Metadata.Annotations is not { } annotations)
        {
            return (false, $"selectedNode annotation reset for PVC \"{name}\"");
        }

        // A provisioner that fails takes the annotation away.
        if (annotations.GetValueOrDefault(VolumeRules.SelectedNode) != node.Metadata.Name)
        {
            return (false, $"provisioning failed for PVC \"{name}\"");
        }

        if (claim.Spec?.VolumeName is { Length: > 0 } volumeName)
        {
            if (storage.ActualVolume(volumeName) is not { } volume)
            {
                return (false, null);
            }

            if (!VolumeRules.Reaches(node, volume))
            {
                return (false, $"pv \"{volumeName}\" node affinity doesn't match node \"{node.Metadata.Name}\": no matching NodeSelectorTerms");
            }
        }

        return (VolumeRules.IsBound(claim), null);
    }

    /// <summary>True when the informer has not told yet of what was written.</summary>
    private static bool IsOlder(string? seen, string? written) =>
        ulong.TryParse(seen, CultureInfo.InvariantCulture, out var left) && ulong.TryParse(written, CultureInfo.InvariantCulture, out var right) && left < right;
}
