using System.Diagnostics.CodeAnalysis;
using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Storage.V1;

/// <summary>What the cluster should know of a CSI driver.</summary>
[Kind("storage.k8s.io", "v1", "csidrivers")]
[NameFormat(NameFormat.DnsSubdomain)]
public sealed class CSIDriver : IKubeObject
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; } = "storage.k8s.io/v1";

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; } = "CSIDriver";

    /// <summary>Name, namespace, labels, annotations, owners and the rest of what every object carries.</summary>
    [Field(1, Always = true)]
    [AllowNull]
    public ObjectMeta Metadata { get; set => field = value ?? new ObjectMeta(); } = new();

    /// <summary>What is wanted.</summary>
    [Field(2, Required = true, Always = true)]
    public CSIDriverSpec? Spec { get; set; }
}
