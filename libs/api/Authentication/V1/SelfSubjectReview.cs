using System.Diagnostics.CodeAnalysis;
using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Authentication.V1;

/// <summary>Asks who the server takes the asker for. Nothing is stored.</summary>
[Kind("authentication.k8s.io", "v1", "selfsubjectreviews", Verbs = "create")]
public sealed class SelfSubjectReview : IKubeObject
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; } = "authentication.k8s.io/v1";

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; } = "SelfSubjectReview";

    /// <summary>Name, namespace, labels, annotations, owners and the rest of what every object carries.</summary>
    [Field(1, Always = true)]
    [AllowNull]
    public ObjectMeta Metadata { get; set => field = value ?? new ObjectMeta(); } = new();

    /// <summary>The answer.</summary>
    [Field(2, Always = true)]
    public SelfSubjectReviewStatus? Status { get; set; }
}
