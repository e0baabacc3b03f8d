using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>An AppArmor profile.</summary>
public sealed class AppArmorProfile
{
    /// <summary>RuntimeDefault, Unconfined, or Localhost for a profile loaded on the node.</summary>
    [Field(1, Required = true, Always = true)]
    [Enum("Localhost", "RuntimeDefault", "Unconfined")]
    public string? Type { get; set; }

    /// <summary>Name of that profile; only with Localhost.</summary>
    [Field(2, Pointer = true)]
    public string? LocalhostProfile { get; set; }
}
