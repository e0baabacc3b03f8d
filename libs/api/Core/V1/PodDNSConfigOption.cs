using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>An option of the resolver.</summary>
public sealed class PodDNSConfigOption
{
    /// <summary>Name of the option.</summary>
    [Field(1)]
    public string? Name { get; set; }

    /// <summary>Its value, if it has one.</summary>
    [Field(2, Pointer = true)]
    public string? Value { get; set; }
}
