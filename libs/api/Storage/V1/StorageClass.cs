using System.Diagnostics.CodeAnalysis;
using Kube.Api.Core.V1;
using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Storage.V1;

/// <summary>A kind of storage that volumes can be made of.</summary>
[Kind("storage.k8s.io", "v1", "storageclasses", ShortNames = "sc")]
[NameFormat(NameFormat.DnsSubdomain)]
public sealed class StorageClass : IKubeObject
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; } = "storage.k8s.io/v1";

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; } = "StorageClass";

    /// <summary>Name, namespace, labels, annotations, owners and the rest of what every object carries.</summary>
    [Field(1, Always = true)]
    [AllowNull]
    public ObjectMeta Metadata { get; set => field = value ?? new ObjectMeta(); } = new();

    /// <summary>Who makes the volumes.</summary>
    [Field(2, Required = true, Always = true)]
    [Immutable]
    public string? Provisioner { get; set; }

    /// <summary>What the provisioner wants to know.</summary>
    [Field(3)]
    [Immutable]
    public Dictionary<string, string>? Parameters { get; set; }

    /// <summary>What becomes of a volume when its claim is gone: Delete or Retain.</summary>
    [Field(4, Pointer = true)]
    [Enum("Delete", "Recycle", "Retain")]
    [Default("\"Delete\"")]
    [Immutable]
    public string? ReclaimPolicy { get; set; }

    /// <summary>Options for mounting the volumes.</summary>
    [Field(5)]
    [ListType(ListKind.Atomic)]
    public List<string>? MountOptions { get; set; }

    /// <summary>Whether volumes may grow.</summary>
    [Field(6)]
    public bool? AllowVolumeExpansion { get; set; }

    /// <summary>When a claim gets its volume: Immediate, or WaitForFirstConsumer.</summary>
    [Field(7, Pointer = true)]
    [Enum("Immediate", "WaitForFirstConsumer")]
    [Default("\"Immediate\"")]
    [Immutable]
    public string? VolumeBindingMode { get; set; }

    /// <summary>Where volumes may be made.</summary>
    [Field(8)]
    [ListType(ListKind.Atomic)]
    public List<TopologySelectorTerm>? AllowedTopologies { get; set; }
}
