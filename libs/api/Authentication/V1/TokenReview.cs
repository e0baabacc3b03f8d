using System.Diagnostics.CodeAnalysis;
using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Authentication.V1;

/// <summary>Asks whose token it is. Nothing is stored.</summary>
[Kind("authentication.k8s.io", "v1", "tokenreviews", Verbs = "create")]
public sealed class TokenReview : IKubeObject
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; } = "authentication.k8s.io/v1";

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; } = "TokenReview";

    /// <summary>Name, namespace, labels, annotations, owners and the rest of what every object carries.</summary>
    [Field(1, Always = true)]
    [AllowNull]
    public ObjectMeta Metadata { get; set => field = value ?? new ObjectMeta(); } = new();

    /// <summary>The token.</summary>
    [Field(2, Required = true, Always = true)]
    public TokenReviewSpec? Spec { get; set; }

    /// <summary>The answer.</summary>
    [Field(3, Always = true)]
    public TokenReviewStatus? Status { get; set; }
}
