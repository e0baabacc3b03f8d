using Kube.Api.Core.V1;
using Kube.Api.Storage.V1;

namespace Kube.Scheduler.Framework;

/// <summary>
/// Claims and volumes, and what is known of their classes and drivers, with what is set aside for pods that are being bound on
/// top. Safe for use from many threads; the objects handed out are not changed by anyone.
/// </summary>
public interface IStorage
{
    /// <summary>Rises with every change; pods without claims need not care.</summary>
    long Version { get; }

    PersistentVolumeClaim? Claim(string ns, string name);

    PersistentVolume? Volume(string name);

    /// <summary>All volumes of a class, bound or not.</summary>
    IReadOnlyList<PersistentVolume> VolumesOf(string storageClass);

    StorageClass? Class(string name);

    CSIDriver? Driver(string name);

    /// <summary>The drivers of a node.</summary>
    CSINode? DriversOn(string node);

    /// <summary>Attachments of volumes to a node; one stays for as long as its volume is not detached, whatever became of the pods that used it.</summary>
    IReadOnlyList<VolumeAttachment> AttachmentsOn(string node);

    /// <summary>What drivers say of the room left for volumes of a class.</summary>
    IReadOnlyList<CSIStorageCapacity> Capacities(string storageClass);

    /// <summary>
    /// Sets aside what a pod needs on its chosen node, so that the next decisions see it as taken. False when another pod has taken
    /// a part of it since it was planned.
    /// </summary>
    bool Reserve(PodInfo pod, string node, VolumePlan plan);

    /// <summary>What was set aside for the pod; null when nothing was.</summary>
    VolumePlan? PlanOf(string podUid);

    /// <summary>Gives back what was set aside, if anything.</summary>
    void Release(string podUid);
}

/// <summary>What must be done to a pod's claims before it can be bound to a node.</summary>
/// <param name="Static">Volumes that are there and will be bound to claims.</param>
/// <param name="Provisioned">Claims for which volumes must be made that the node can reach.</param>
public sealed record VolumePlan(
    IReadOnlyList<(PersistentVolume Volume, PersistentVolumeClaim Claim)> Static, IReadOnlyList<PersistentVolumeClaim> Provisioned)
{
    public static VolumePlan Nothing { get; } = new([], []);

    public bool IsNothing => Static.Count == 0 && Provisioned.Count == 0;
}

/// <summary>A cluster without storage.</summary>
public sealed class NoStorage : IStorage
{
    public static NoStorage Instance { get; } = new();

    public long Version => 0;

    public PersistentVolumeClaim? Claim(string ns, string name) => null;

    public PersistentVolume? Volume(string name) => null;

    public IReadOnlyList<PersistentVolume> VolumesOf(string storageClass) => [];

    public StorageClass? Class(string name) => null;

    public CSIDriver? Driver(string name) => null;

    public CSINode? DriversOn(string node) => null;

    public IReadOnlyList<VolumeAttachment> AttachmentsOn(string node) => [];

    public IReadOnlyList<CSIStorageCapacity> Capacities(string storageClass) => [];

    public bool Reserve(PodInfo pod, string node, VolumePlan plan) => plan.IsNothing;

    public VolumePlan? PlanOf(string podUid) => null;

    public void Release(string podUid)
    {
        // Nothing can be set aside here.
    }
}
