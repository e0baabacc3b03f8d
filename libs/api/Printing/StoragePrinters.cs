using static Kube.Api.Printing.KindPrinter;

namespace Kube.Api.Printing;

/// <summary>Volumes, claims and the kinds of the storage group.</summary>
internal static class StoragePrinters
{
    public static IReadOnlyList<(string Group, string Kind, KindPrinter Printer)> All { get; } =
    [
        ("", "PersistentVolume", new(
            [
                NameColumn,
                Column("Capacity", "string", "Size of the volume."),
                Column("Access Modes", "string", "How it can be mounted."),
                Column("Reclaim Policy", "string", "What becomes of it when its claim is gone."),
                Column("Status", "string", "Whether it is free, bound or released."),
                Column("Claim", "string", "The claim it is bound to."),
                Column("StorageClass", "string", "Its storage class."),
                Column("VolumeAttributesClass", "string", "Its volume attributes class."),
                Column("Reason", "string", "Why it is in that status."),
                AgeColumn,
                Wide("VolumeMode", "File system or raw block device."),
            ],
            Volume)),
        ("", "PersistentVolumeClaim", new(
            [
                NameColumn,
                Column("Status", "string", "Whether a volume is bound to the claim."),
                Column("Volume", "string", "The volume bound to it."),
                Column("Capacity", "string", "Size of the volume."),
                Column("Access Modes", "string", "How the volume can be mounted."),
                Column("StorageClass", "string", "The storage class it asks for."),
                Column("VolumeAttributesClass", "string", "The volume attributes class it asks for."),
                AgeColumn,
                Wide("VolumeMode", "File system or raw block device."),
            ],
            Claim)),
        ("storage.k8s.io", "StorageClass", new(
            [
                NameColumn,
                Column("Provisioner", "string", "Who makes its volumes."),
                Column("ReclaimPolicy", "string", "What becomes of a volume when its claim is gone."),
                Column("VolumeBindingMode", "string", "When a claim gets its volume."),
                Column("AllowVolumeExpansion", "string", "Whether volumes may grow."),
                AgeColumn,
            ],
            StorageClass)),
        ("storage.k8s.io", "VolumeAttachment", new(
            [
                NameColumn,
                new() { Name = "Attacher", Type = "string", Format = "name", Description = "The driver that attaches.", Priority = 0 },
                Column("PV", "string", "The volume."),
                Column("Node", "string", "The node."),
                Column("Attached", "boolean", "Whether it is attached."),
                AgeColumn,
            ],
            (item, now) =>
            [
                Name(item), item["spec"]["attacher"].Text, item["spec"]["source"]["persistentVolumeName"].Text, item["spec"]["nodeName"].Text,
                item["status"]["attached"].IsTrue, Age(item, now),
            ])),
        ("storage.k8s.io", "CSINode", new(
            [NameColumn, Column("Drivers", "integer", "Number of drivers on the node."), AgeColumn],
            (item, now) => [Name(item), item["spec"]["drivers"].Count, Age(item, now)])),
        ("storage.k8s.io", "CSIDriver", new(
            [
                NameColumn,
                Column("AttachRequired", "boolean", "Whether volumes must be attached before they are mounted."),
                Column("PodInfoOnMount", "boolean", "Whether the driver is told of the pod."),
                Column("StorageCapacity", "boolean", "Whether the scheduler looks at the driver's capacity."),
                Column("TokenRequests", "string", "Audiences of the tokens it is given."),
                Column("RequiresRepublish", "boolean", "Whether volumes are published again and again."),
                Column("Modes", "string", "Kinds of volumes it serves."),
                AgeColumn,
            ],
            Driver)),
        ("storage.k8s.io", "CSIStorageCapacity", new(
            [NameColumn, Column("StorageClassName", "string", "The storage class."), Column("Capacity", "string", "Space that is left.")],
            (item, _) => [Name(item), item["storageClassName"].Text, item["capacity"].Exists ? item["capacity"].Scalar : CellText.Unset])),
    ];

    private static object?[] Volume(JsonView volume, DateTimeOffset now)
    {
        var spec = volume["spec"];
        var claim = spec["claimRef"];
        return
        [
            Name(volume),
            Storage(spec["capacity"]),
            CellText.AccessModes(spec["accessModes"]),
            spec["persistentVolumeReclaimPolicy"].Text,
            IsBeingDeleted(volume) ? "Terminating" : volume["status"]["phase"].Text,
            claim.Exists ? $"{claim["namespace"].Text}/{claim["name"].Text}" : "",
            Class(volume),
            spec["volumeAttributesClassName"].OptionalText ?? CellText.Unset,
            volume["status"]["reason"].Text,
            Age(volume, now),
            spec["volumeMode"].OptionalText ?? CellText.Unset,
        ];
    }

    private static object?[] Claim(JsonView claim, DateTimeOffset now)
    {
        var spec = claim["spec"];
        var bound = spec["volumeName"].Text.Length > 0;
        return
        [
            Name(claim),
            IsBeingDeleted(claim) ? "Terminating" : claim["status"]["phase"].Text,
            spec["volumeName"].Text,
            bound ? Storage(claim["status"]["capacity"]) : "",
            bound ? CellText.AccessModes(claim["status"]["accessModes"]) : "",
            Class(claim),
            spec["volumeAttributesClassName"].OptionalText ?? CellText.Unset,
            Age(claim, now),
            spec["volumeMode"].OptionalText ?? CellText.Unset,
        ];
    }

    private static string Storage(JsonView amounts) => amounts["storage"].Exists ? amounts["storage"].Scalar : "0";

    private static string Class(JsonView item) =>
        item["metadata"]["annotations"]["volume.beta.kubernetes.io/storage-class"].OptionalText ?? item["spec"]["storageClassName"].Text;

    private static object?[] StorageClass(JsonView item, DateTimeOffset now)
    {
        var annotations = item["metadata"]["annotations"];
        var isDefault = annotations["storageclass.kubernetes.io/is-default-class"].Text == "true"
            || annotations["storageclass.beta.kubernetes.io/is-default-class"].Text == "true";
        return
        [
            isDefault ? Name(item) + " (default)" : Name(item), item["provisioner"].Text, item["reclaimPolicy"].OptionalText ?? "Delete",
            item["volumeBindingMode"].OptionalText ?? "Immediate", item["allowVolumeExpansion"].IsTrue, Age(item, now),
        ];
    }

    private static object?[] Driver(JsonView item, DateTimeOffset now)
    {
        var spec = item["spec"];
        var audiences = spec["tokenRequests"].Items.Select(request => request["audience"].Text);
        return
        [
            Name(item),
            !spec["attachRequired"].Exists || spec["attachRequired"].IsTrue,
            spec["podInfoOnMount"].IsTrue,
            spec["storageCapacity"].IsTrue,
            spec["tokenRequests"].Count > 0 ? CellText.Join(audiences) : CellText.Unset,
            spec["requiresRepublish"].IsTrue,
            CellText.OrNone(CellText.Join(spec["volumeLifecycleModes"].Items.Select(mode => mode.Text))),
            Age(item, now),
        ];
    }
}
