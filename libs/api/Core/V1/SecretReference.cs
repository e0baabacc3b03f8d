using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>A secret in any namespace.</summary>
[Atomic]
public sealed class SecretReference
{
    /// <summary>Name of the secret.</summary>
    [Field(1)]
    public string? Name { get; set; }

    /// <summary>Namespace of the secret.</summary>
    [Field(2)]
    public string? Namespace { get; set; }
}
