using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>A header of a probe's request.</summary>
public sealed class HTTPHeader
{
    /// <summary>Name of the header.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Name { get; set; }

    /// <summary>Its value.</summary>
    [Field(2, Required = true, Always = true)]
    public string? Value { get; set; }
}
