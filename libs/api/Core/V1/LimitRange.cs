using System.Diagnostics.CodeAnalysis;
using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>Bounds and defaults for the resources of single objects in a namespace.</summary>
[Kind("", "v1", "limitranges", Namespaced = true, ShortNames = "limits")]
[NameFormat(NameFormat.DnsSubdomain)]
public sealed class LimitRange : IKubeObject
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; } = "v1";

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; } = "LimitRange";

    /// <summary>Name, namespace, labels, annotations, owners and the rest of what every object carries.</summary>
    [Field(1, Always = true)]
    [AllowNull]
    public ObjectMeta Metadata { get; set => field = value ?? new ObjectMeta(); } = new();

    /// <summary>The bounds and defaults.</summary>
    [Field(2, Always = true)]
    public LimitRangeSpec? Spec { get; set; }
}
