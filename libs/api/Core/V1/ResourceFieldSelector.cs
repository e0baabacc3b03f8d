using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Core.V1;

/// <summary>A request or limit of a container.</summary>
[Atomic]
public sealed class ResourceFieldSelector
{
    /// <summary>The container; needed in a volume.</summary>
    [Field(1)]
    public string? ContainerName { get; set; }

    /// <summary>Which amount, such as limits.cpu.</summary>
    [Field(2, Required = true, Always = true)]
    public string? Resource { get; set; }

    /// <summary>Unit of the value given, such as 1Mi; whole units when 1.</summary>
    [Field(3, Always = true)]
    public Quantity? Divisor { get; set; }
}
