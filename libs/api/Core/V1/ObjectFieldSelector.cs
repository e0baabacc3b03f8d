using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

[Atomic]
public sealed class ObjectFieldSelector
{
    [Field(1)]
    [Default("\"v1\"")]
    public string? ApiVersion { get; set; }

    [Field(2, Required = true, Always = true)]
    public string? FieldPath { get; set; }
}
