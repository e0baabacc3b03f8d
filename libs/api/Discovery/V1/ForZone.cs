using Kube.Api.Schema;

namespace Kube.Api.Discovery.V1;

/// <summary>A zone.</summary>
public sealed class ForZone
{
    /// <summary>Its name.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Name { get; set; }
}
