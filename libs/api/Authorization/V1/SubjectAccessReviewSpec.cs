using Kube.Api.Schema;

namespace Kube.Api.Authorization.V1;

/// <summary>Who and what; exactly one kind of request.</summary>
public sealed class SubjectAccessReviewSpec
{
    /// <summary>A request for a resource.</summary>
    [Field(1)]
    public ResourceAttributes? ResourceAttributes { get; set; }

    /// <summary>A request for another path.</summary>
    [Field(2)]
    public NonResourceAttributes? NonResourceAttributes { get; set; }

    /// <summary>Name of the user.</summary>
    [Field(3)]
    public string? User { get; set; }

    /// <summary>Groups of the user.</summary>
    [Field(4)]
    [ListType(ListKind.Atomic)]
    public List<string>? Groups { get; set; }

    /// <summary>What else the authenticator says of the user.</summary>
    [Field(5)]
    public Dictionary<string, List<string>>? Extra { get; set; }

    /// <summary>Identity of the user.</summary>
    [Field(6)]
    public string? Uid { get; set; }
}
