using System.Text.Json.Serialization;
using Kube.Api.Schema;

namespace Kube.Api.ApiExtensions.V1;

public sealed class CustomResourceDefinitionVersion
{
    [Field(1, Required = true, Always = true)]
    public string? Name { get; set; }

    [Field(2, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public bool Served { get; set; }

    [Field(3, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public bool Storage { get; set; }

    [Field(7)]
    public bool Deprecated { get; set; }

    [Field(8, Pointer = true)]
    public string? DeprecationWarning { get; set; }

    [Field(4)]
    public CustomResourceValidation? Schema { get; set; }

    [Field(5)]
    public CustomResourceSubresources? Subresources { get; set; }

    [Field(6)]
    [ListType(ListKind.Atomic)]
    public List<CustomResourceColumnDefinition>? AdditionalPrinterColumns { get; set; }

    [Field(9)]
    [ListType(ListKind.Atomic)]
    public List<SelectableField>? SelectableFields { get; set; }
}
