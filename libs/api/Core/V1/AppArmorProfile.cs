using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class AppArmorProfile
{
    [Field(1, Required = true, Always = true)]
    [Enum("Unconfined", "RuntimeDefault", "Localhost")]
    public string? Type { get; set; }

    [Field(2, Pointer = true)]
    public string? LocalhostProfile { get; set; }
}
