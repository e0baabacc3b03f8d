using Kube.Api.Schema;

namespace Kube.Api.ApiExtensions.V1;

public sealed class CustomResourceColumnDefinition
{
    [Field(1, Required = true, Always = true)]
    public string? Name { get; set; }

    [Field(2, Required = true, Always = true)]
    public string? Type { get; set; }

    [Field(3)]
    public string? Format { get; set; }

    [Field(4)]
    public string? Description { get; set; }

    [Field(5)]
    public int Priority { get; set; }

    [Field(6, Required = true, Always = true)]
    public string? JsonPath { get; set; }
}
