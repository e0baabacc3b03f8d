using System.Diagnostics.CodeAnalysis;
using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>A stored description of pods to be made.</summary>
[Kind("", "v1", "podtemplates", Namespaced = true)]
[NameFormat(NameFormat.DnsSubdomain)]
public sealed class PodTemplate : IKubeObject
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; } = "v1";

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; } = "PodTemplate";

    /// <summary>Name, namespace, labels, annotations, owners and the rest of what every object carries.</summary>
    [Field(1, Always = true)]
    [AllowNull]
    public ObjectMeta Metadata { get; set => field = value ?? new ObjectMeta(); } = new();

    /// <summary>What the pods look like.</summary>
    [Field(2, Always = true)]
    public PodTemplateSpec? Template { get; set; }
}
