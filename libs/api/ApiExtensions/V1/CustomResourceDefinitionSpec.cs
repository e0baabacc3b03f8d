using Kube.Api.Schema;

namespace Kube.Api.ApiExtensions.V1;

public sealed class CustomResourceDefinitionSpec
{
    [Field(1, Required = true, Always = true)]
    public string? Group { get; set; }

    [Field(3, Required = true, Always = true)]
    public CustomResourceDefinitionNames? Names { get; set; }

    [Field(4, Required = true, Always = true)]
    public string? Scope { get; set; }

    [Field(7, Required = true, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<CustomResourceDefinitionVersion>? Versions { get; set; }

    [Field(9)]
    public CustomResourceConversion? Conversion { get; set; }

    [Field(10)]
    public bool PreserveUnknownFields { get; set; }
}
