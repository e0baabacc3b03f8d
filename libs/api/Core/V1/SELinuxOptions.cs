using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>Parts of an SELinux label.</summary>
public sealed class SELinuxOptions
{
    /// <summary>The label's user.</summary>
    [Field(1)]
    public string? User { get; set; }

    /// <summary>The label's role.</summary>
    [Field(2)]
    public string? Role { get; set; }

    /// <summary>The label's type.</summary>
    [Field(3)]
    public string? Type { get; set; }

    /// <summary>The label's level.</summary>
    [Field(4)]
    public string? Level { get; set; }
}
