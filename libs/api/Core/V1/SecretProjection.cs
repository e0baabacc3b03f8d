using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>A secret within a projected volume.</summary>
public sealed class SecretProjection
{
    /// <summary>Name of the secret.</summary>
    [Field(1, Within = 1)]
    [Default("\"\"")]
    public string? Name { get; set; }

    /// <summary>The keys wanted and their files; all keys when absent.</summary>
    [Field(2)]
    [ListType(ListKind.Atomic)]
    public List<KeyToPath>? Items { get; set; }

    /// <summary>Whether the pod starts without it.</summary>
    [Field(4)]
    public bool? Optional { get; set; }
}
