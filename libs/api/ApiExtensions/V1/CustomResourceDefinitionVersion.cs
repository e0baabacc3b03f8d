using System.Text.Json.Serialization;
using Kube.Api.Schema;

namespace Kube.Api.ApiExtensions.V1;

/// <summary>A version of the kind.</summary>
public sealed class CustomResourceDefinitionVersion
{
    /// <summary>Its name, such as v1beta1.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Name { get; set; }

    /// <summary>Whether it is served.</summary>
    [Field(2, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public bool Served { get; set; }

    /// <summary>Whether objects are stored in it; exactly one is.</summary>
    [Field(3, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public bool Storage { get; set; }

    /// <summary>Whether requests for it get a warning.</summary>
    [Field(7)]
    public bool Deprecated { get; set; }

    /// <summary>Text of the warning.</summary>
    [Field(8, Pointer = true)]
    public string? DeprecationWarning { get; set; }

    /// <summary>What objects look like.</summary>
    [Field(4)]
    public CustomResourceValidation? Schema { get; set; }

    /// <summary>Subresources it has.</summary>
    [Field(5)]
    public CustomResourceSubresources? Subresources { get; set; }

    /// <summary>Columns that kubectl get shows.</summary>
    [Field(6)]
    [ListType(ListKind.Atomic)]
    public List<CustomResourceColumnDefinition>? AdditionalPrinterColumns { get; set; }

    /// <summary>Fields that field selectors may name.</summary>
    [Field(9)]
    [ListType(ListKind.Atomic)]
    public List<SelectableField>? SelectableFields { get; set; }
}
