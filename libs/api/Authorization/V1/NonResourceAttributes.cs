using Kube.Api.Schema;

namespace Kube.Api.Authorization.V1;

/// <summary>A request for a path that is no resource.</summary>
public sealed class NonResourceAttributes
{
    /// <summary>The path.</summary>
    [Field(1)]
    public string? Path { get; set; }

    /// <summary>The method in lower case.</summary>
    [Field(2)]
    public string? Verb { get; set; }
}
