using Kube.Api.Schema;

namespace Kube.Api.Authentication.V1;

/// <summary>What token is wanted.</summary>
public sealed class TokenRequestSpec
{
    /// <summary>Whom it is for; the API server when absent.</summary>
    [Field(1, Required = true, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<string>? Audiences { get; set; }

    /// <summary>Seconds it should be valid; the answer may be less or more.</summary>
    [Field(4)]
    [Default("3600")]
    [Range(600, 4294967296)]
    public long? ExpirationSeconds { get; set; }

    /// <summary>An object with which the token lives and dies.</summary>
    [Field(3)]
    public BoundObjectReference? BoundObjectRef { get; set; }
}
