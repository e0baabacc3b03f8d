using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class SELinuxOptions
{
    [Field(1)]
    public string? User { get; set; }

    [Field(2)]
    public string? Role { get; set; }

    [Field(3)]
    public string? Type { get; set; }

    [Field(4)]
    public string? Level { get; set; }
}
