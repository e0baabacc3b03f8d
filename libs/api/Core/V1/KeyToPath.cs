using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class KeyToPath
{
    [Field(1, Required = true, Always = true)]
    public string? Key { get; set; }

    [Field(2, Required = true, Always = true)]
    public string? Path { get; set; }

    [Field(3)]
    [Range(0, 511)]
    public int? Mode { get; set; }
}
