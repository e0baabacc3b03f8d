using Kube.Api.Schema;

namespace Kube.Api.ApiExtensions.V1;

public sealed class CustomResourceDefinitionNames
{
    [Field(1, Required = true, Always = true)]
    public string? Plural { get; set; }

    [Field(2)]
    public string? Singular { get; set; }

    [Field(3)]
    [ListType(Kube.Api.Schema.ListKind.Atomic)]
    public List<string>? ShortNames { get; set; }

    [Field(4, Required = true, Always = true)]
    public string? Kind { get; set; }

    [Field(5)]
    public string? ListKind { get; set; }

    [Field(6)]
    [ListType(Kube.Api.Schema.ListKind.Atomic)]
    public List<string>? Categories { get; set; }
}
