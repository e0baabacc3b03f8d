using System.Diagnostics.CodeAnalysis;
using Kube.Api.Meta.V1;
using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Storage.V1;

/// <summary>How much space a driver has left somewhere.</summary>
[Kind("storage.k8s.io", "v1", "csistoragecapacities", Namespaced = true)]
[NameFormat(NameFormat.DnsSubdomain)]
public sealed class CSIStorageCapacity : IKubeObject
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; } = "storage.k8s.io/v1";

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; } = "CSIStorageCapacity";

    /// <summary>Name, namespace, labels, annotations, owners and the rest of what every object carries.</summary>
    [Field(1, Always = true)]
    [AllowNull]
    public ObjectMeta Metadata { get; set => field = value ?? new ObjectMeta(); } = new();

    /// <summary>Labels of the nodes that can get at it.</summary>
    [Field(2)]
    public LabelSelector? NodeTopology { get; set; }

    /// <summary>The storage class.</summary>
    [Field(3, Required = true, Always = true)]
    public string? StorageClassName { get; set; }

    /// <summary>The space.</summary>
    [Field(4)]
    public Quantity? Capacity { get; set; }

    /// <summary>The largest volume it could make.</summary>
    [Field(5)]
    public Quantity? MaximumVolumeSize { get; set; }
}
