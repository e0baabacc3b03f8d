using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

[Atomic]
public sealed class SecretKeySelector
{
    [Field(1, Within = 1)]
    [Default("\"\"")]
    public string? Name { get; set; }

    [Field(2, Required = true, Always = true)]
    public string? Key { get; set; }

    [Field(3)]
    public bool? Optional { get; set; }
}
