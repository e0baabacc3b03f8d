using Kube.Api.Schema;

namespace Kube.Api.ApiExtensions.V1;

/// <summary>A field that field selectors may name.</summary>
public sealed class SelectableField
{
    /// <summary>Its path.</summary>
    [Field(1, Required = true, Always = true)]
    public string? JsonPath { get; set; }
}
