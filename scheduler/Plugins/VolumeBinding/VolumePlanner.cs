using Kube.Api.Core.V1;
using Kube.Api.Storage.V1;
using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Plugins.VolumeBinding;

/// <summary>Works out what would have to be done to a pod's claims on a node.</summary>
internal static class VolumePlanner
{
    private const string NoProvisioner = "kubernetes.io/no-provisioner";
    private const string NodeConflict = "node(s) had volume node affinity conflict";
    private const string BindConflict = "node(s) didn't find available persistent volumes to bind";
    private const string NoSpace = "node(s) did not have enough free storage";
    private const string NoVolume = "node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)";

    /// <summary>The plan when the node can have the pod's volumes; otherwise why not.</summary>
    public static (VolumePlan? Plan, Status Status) Of(ClaimSet claims, Node node, IStorage storage)
    {
        var reasons = new List<string>();
        var (reaches, exist) = CheckBound(claims.Bound, node, storage);
        if (!reaches)
        {
            reasons.Add(NodeConflict);
        }

        var (plan, problem) = PlanUnbound(claims.Delayed, node, storage);
        if (problem is { Code: StatusCode.Error })
        {
            return (null, problem);
        }

        reasons.AddRange(problem?.Reasons ?? []);
        if (!exist)
        {
            reasons.Add(NoVolume);
        }

        return reasons.Count == 0 ? (plan, Status.Success) : (null, Status.Unresolvable([.. reasons]).By("VolumeBinding"));
    }

    /// <summary>A volume that is not there ends the check; so does one out of reach.</summary>
    private static (bool Reaches, bool Exist) CheckBound(IReadOnlyList<PersistentVolumeClaim> claims, Node node, IStorage storage)
    {
        foreach (var claim in claims)
        {
            if (storage.Volume(claim.Spec!.VolumeName!) is not { } volume)
            {
                return (true, false);
            }

            if (!VolumeRules.Reaches(node, volume))
            {
                return (false, true);
            }
        }

        return (true, true);
    }

    private static (VolumePlan? Plan, Status? Problem) PlanUnbound(IReadOnlyList<PersistentVolumeClaim> claims, Node node, IStorage storage)
    {
        if (claims.Count == 0)
        {
            return (VolumePlan.Nothing, null);
        }

        var toProvision = new List<PersistentVolumeClaim>();
        var toMatch = new List<PersistentVolumeClaim>();
        foreach (var claim in claims)
        {
            if (claim.Metadata.Annotations?.GetValueOrDefault(VolumeRules.SelectedNode) is not { } selected)
            {
                toMatch.Add(claim);
            }
            else if (selected == node.Metadata.Name)
            {
                toProvision.Add(claim);
            }
            else
            {
                return (null, Status.Unresolvable(BindConflict));
            }
        }

        // The smallest first, so that each gets the smallest volume that does.
        var matched = new List<(PersistentVolume Volume, PersistentVolumeClaim Claim)>();
        var chosen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var claim in toMatch.OrderBy(VolumeRules.SizeOf))
        {
            if (VolumeMatch.Find(claim, storage.VolumesOf(VolumeRules.ClassOf(claim)), node, chosen) is { } volume)
            {
                chosen.Add(volume.Metadata.Name!);
                matched.Add((volume, claim));
            }
            else
            {
                toProvision.Add(claim);
            }
        }

        foreach (var claim in toProvision)
        {
            if (WhyNotProvisioned(claim, node, storage) is { } problem)
            {
                return (null, problem);
            }
        }

        return (new VolumePlan(matched, toProvision), null);
    }

    private static Status? WhyNotProvisioned(PersistentVolumeClaim claim, Node node, IStorage storage)
    {
        var name = VolumeRules.ClassOf(claim);
        if (storage.Class(name) is not { } storageClass)
        {
            return Status.Error($"failed to find storage class \"{name}\"").By("VolumeBinding");
        }

        if (string.IsNullOrEmpty(storageClass.Provisioner) || storageClass.Provisioner == NoProvisioner
            || !IsAllowed(storageClass.AllowedTopologies, node))
        {
            return Status.Unresolvable(BindConflict);
        }

        return HasRoom(storageClass, claim, node, storage) ? null : Status.Unresolvable(NoSpace);
    }

    private static bool IsAllowed(List<TopologySelectorTerm>? topologies, Node node) =>
        topologies is not { Count: > 0 }
        || topologies.Any(term => term.MatchLabelExpressions is { Count: > 0 } expressions
            && expressions.All(expression => node.Metadata.Labels?.TryGetValue(expression.Key ?? string.Empty, out var value) == true
                && expression.Values?.Contains(value) == true));

    /// <summary>Drivers that say how much room they have left must have it where the node can reach it.</summary>
    private static bool HasRoom(StorageClass storageClass, PersistentVolumeClaim claim, Node node, IStorage storage)
    {
        if (storage.Driver(storageClass.Provisioner!)?.Spec?.StorageCapacity != true || claim.Spec?.Resources?.Requests?.ContainsKey("storage") != true)
        {
            return true;
        }

        var size = VolumeRules.SizeOf(claim);
        return storage.Capacities(storageClass.Metadata.Name!).Any(capacity =>
            LimitOf(capacity) >= size && capacity.NodeTopology is { } topology && LabelMatch.Of(topology).Matches(node.Metadata.Labels));
    }

    /// <summary>The largest volume that the driver can still make, in bytes; null when it does not say.</summary>
    private static long? LimitOf(CSIStorageCapacity capacity) => (capacity.MaximumVolumeSize ?? capacity.Capacity)?.Value();
}
