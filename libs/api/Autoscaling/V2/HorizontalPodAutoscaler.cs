using System.Diagnostics.CodeAnalysis;
using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Autoscaling.V2;

/// <summary>Sets how many pods there are by how busy they are.</summary>
[Kind("autoscaling", "v2", "horizontalpodautoscalers", Namespaced = true, ShortNames = "hpa", Categories = "all", Subresources = "status")]
[NameFormat(NameFormat.DnsSubdomain)]
public sealed class HorizontalPodAutoscaler : IKubeObject
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; } = "autoscaling/v2";

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; } = "HorizontalPodAutoscaler";

    /// <summary>Name, namespace, labels, annotations, owners and the rest of what every object carries.</summary>
    [Field(1, Always = true)]
    [AllowNull]
    public ObjectMeta Metadata { get; set => field = value ?? new ObjectMeta(); } = new();

    /// <summary>What is wanted.</summary>
    [Field(2, Always = true)]
    public HorizontalPodAutoscalerSpec? Spec { get; set; }

    /// <summary>What was observed last; written by the system, not by users.</summary>
    [Field(3, Always = true)]
    public HorizontalPodAutoscalerStatus? Status { get; set; }
}
