using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>A secret, each key a file.</summary>
public sealed class SecretVolumeSource
{
    /// <summary>Name of the secret, in the pod's namespace.</summary>
    [Field(1)]
    public string? SecretName { get; set; }

    /// <summary>The keys wanted and their files; all keys when absent.</summary>
    [Field(2)]
    [ListType(ListKind.Atomic)]
    public List<KeyToPath>? Items { get; set; }

    /// <summary>Permission bits of the files.</summary>
    [Field(3)]
    [Default("420")]
    [Range(0, 511)]
    public int? DefaultMode { get; set; }

    /// <summary>Whether the pod starts without the secret.</summary>
    [Field(4)]
    public bool? Optional { get; set; }
}
