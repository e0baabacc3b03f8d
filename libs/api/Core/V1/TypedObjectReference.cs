using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class TypedObjectReference
{
    [Field(1, Pointer = true)]
    public string? ApiGroup { get; set; }

    [Field(2, Required = true, Always = true)]
    public string? Kind { get; set; }

    [Field(3, Required = true, Always = true)]
    public string? Name { get; set; }

    [Field(4, Pointer = true)]
    public string? Namespace { get; set; }
}
