using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

[Atomic]
public sealed class ObjectReference
{
    [Field(1)]
    public string? Kind { get; set; }

    [Field(2)]
    public string? Namespace { get; set; }

    [Field(3)]
    public string? Name { get; set; }

    [Field(4)]
    public string? Uid { get; set; }

    [Field(5)]
    public string? ApiVersion { get; set; }

    [Field(6)]
    public string? ResourceVersion { get; set; }

    [Field(7)]
    public string? FieldPath { get; set; }
}
