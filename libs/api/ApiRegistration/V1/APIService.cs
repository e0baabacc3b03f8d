using System.Diagnostics.CodeAnalysis;
using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.ApiRegistration.V1;

/// <summary>A version of a group and who serves it.</summary>
[Kind("apiregistration.k8s.io", "v1", "apiservices", Categories = "api-extensions", Subresources = "status")]
[NameFormat(NameFormat.PathSegment)]
public sealed class APIService : IKubeObject
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; } = "apiregistration.k8s.io/v1";

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; } = "APIService";

    /// <summary>Name, namespace, labels, annotations, owners and the rest of what every object carries.</summary>
    [Field(1, Always = true)]
    [AllowNull]
    public ObjectMeta Metadata { get; set => field = value ?? new ObjectMeta(); } = new();

    /// <summary>What is wanted.</summary>
    [Field(2, Always = true)]
    public APIServiceSpec? Spec { get; set; }

    /// <summary>What was observed last; written by the system, not by users.</summary>
    [Field(3, Always = true)]
    public APIServiceStatus? Status { get; set; }
}
