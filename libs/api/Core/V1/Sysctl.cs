using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>A kernel setting.</summary>
public sealed class Sysctl
{
    /// <summary>Name of the setting.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Name { get; set; }

    /// <summary>Its value.</summary>
    [Field(2, Required = true, Always = true)]
    public string? Value { get; set; }
}
