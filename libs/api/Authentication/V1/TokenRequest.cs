using System.Diagnostics.CodeAnalysis;
using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Authentication.V1;

/// <summary>Asks for a token of a service account. Nothing is stored.</summary>
[Kind("authentication.k8s.io", "v1", "", Namespaced = true)]
public sealed class TokenRequest : IKubeObject
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; } = "authentication.k8s.io/v1";

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; } = "TokenRequest";

    /// <summary>Name, namespace, labels, annotations, owners and the rest of what every object carries.</summary>
    [Field(1, Always = true)]
    [AllowNull]
    public ObjectMeta Metadata { get; set => field = value ?? new ObjectMeta(); } = new();

    /// <summary>What token is wanted.</summary>
    [Field(2, Required = true, Always = true)]
    public TokenRequestSpec? Spec { get; set; }

    /// <summary>The token.</summary>
    [Field(3, Always = true)]
    public TokenRequestStatus? Status { get; set; }
}
