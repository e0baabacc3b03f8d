using Kube.Api.Schema;

namespace Kube.Api.Authentication.V1;

/// <summary>What is known of a user.</summary>
public sealed class UserInfo
{
    /// <summary>Name of the user.</summary>
    [Field(1)]
    public string? Username { get; set; }

    /// <summary>Identity of the user over time.</summary>
    [Field(2)]
    public string? Uid { get; set; }

    /// <summary>Groups of the user.</summary>
    [Field(3)]
    [ListType(ListKind.Atomic)]
    public List<string>? Groups { get; set; }

    /// <summary>What else the authenticator says.</summary>
    [Field(4)]
    public Dictionary<string, List<string>>? Extra { get; set; }
}
