using Kube.Api.Schema;

namespace Kube.Api.ApiExtensions.V1;

/// <summary>Where more is written.</summary>
public sealed class ExternalDocumentation
{
    /// <summary>What is there.</summary>
    [Field(1)]
    public string? Description { get; set; }

    /// <summary>Its address.</summary>
    [Field(2)]
    public string? Url { get; set; }
}
