using System.Diagnostics.CodeAnalysis;
using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.FlowControl.V1;

/// <summary>Sorts requests into flows and gives them a priority level.</summary>
[Kind("flowcontrol.apiserver.k8s.io", "v1", "flowschemas", Subresources = "status")]
[NameFormat(NameFormat.DnsSubdomain)]
public sealed class FlowSchema : IKubeObject
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; } = "flowcontrol.apiserver.k8s.io/v1";

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; } = "FlowSchema";

    /// <summary>Name, namespace, labels, annotations, owners and the rest of what every object carries.</summary>
    [Field(1, Always = true)]
    [AllowNull]
    public ObjectMeta Metadata { get; set => field = value ?? new ObjectMeta(); } = new();

    /// <summary>What is wanted.</summary>
    [Field(2, Always = true)]
    public FlowSchemaSpec? Spec { get; set; }

    /// <summary>What was observed last; written by the system, not by users.</summary>
    [Field(3, Always = true)]
    public FlowSchemaStatus? Status { get; set; }
}
