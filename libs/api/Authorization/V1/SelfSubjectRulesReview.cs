using System.Diagnostics.CodeAnalysis;
using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Authorization.V1;

/// <summary>Asks what the asker may do in a namespace. Nothing is stored.</summary>
[Kind("authorization.k8s.io", "v1", "selfsubjectrulesreviews", Verbs = "create")]
public sealed class SelfSubjectRulesReview : IKubeObject
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; } = "authorization.k8s.io/v1";

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; } = "SelfSubjectRulesReview";

    /// <summary>Name, namespace, labels, annotations, owners and the rest of what every object carries.</summary>
    [Field(1, Always = true)]
    [AllowNull]
    public ObjectMeta Metadata { get; set => field = value ?? new ObjectMeta(); } = new();

    /// <summary>The namespace.</summary>
    [Field(2, Required = true, Always = true)]
    public SelfSubjectRulesReviewSpec? Spec { get; set; }

    /// <summary>The answer.</summary>
    [Field(3, Always = true)]
    public SubjectRulesReviewStatus? Status { get; set; }
}
