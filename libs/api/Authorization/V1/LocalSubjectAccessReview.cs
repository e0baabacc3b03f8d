using System.Diagnostics.CodeAnalysis;
using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Authorization.V1;

/// <summary>Asks whether someone may do something in a namespace. Nothing is stored.</summary>
[Kind("authorization.k8s.io", "v1", "localsubjectaccessreviews", Namespaced = true, Verbs = "create")]
public sealed class LocalSubjectAccessReview : IKubeObject
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; } = "authorization.k8s.io/v1";

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; } = "LocalSubjectAccessReview";

    /// <summary>Name, namespace, labels, annotations, owners and the rest of what every object carries.</summary>
    [Field(1, Always = true)]
    [AllowNull]
    public ObjectMeta Metadata { get; set => field = value ?? new ObjectMeta(); } = new();

    /// <summary>Who and what; its namespace must be the object's.</summary>
    [Field(2, Required = true, Always = true)]
    public SubjectAccessReviewSpec? Spec { get; set; }

    /// <summary>The answer.</summary>
    [Field(3, Always = true)]
    public SubjectAccessReviewStatus? Status { get; set; }
}
