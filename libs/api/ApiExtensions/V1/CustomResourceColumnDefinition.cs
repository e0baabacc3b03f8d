using Kube.Api.Schema;

namespace Kube.Api.ApiExtensions.V1;

/// <summary>A column that kubectl get shows.</summary>
public sealed class CustomResourceColumnDefinition
{
    /// <summary>Its heading.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Name { get; set; }

    /// <summary>OpenAPI type of its cells.</summary>
    [Field(2, Required = true, Always = true)]
    public string? Type { get; set; }

    /// <summary>OpenAPI format of its cells.</summary>
    [Field(3)]
    public string? Format { get; set; }

    /// <summary>What it shows.</summary>
    [Field(4)]
    public string? Description { get; set; }

    /// <summary>0 for columns always shown; higher for wide ones.</summary>
    [Field(5)]
    public int Priority { get; set; }

    /// <summary>Path of the value.</summary>
    [Field(6, Required = true, Always = true)]
    public string? JsonPath { get; set; }
}
