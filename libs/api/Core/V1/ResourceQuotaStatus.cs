using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Core.V1;

/// <summary>What is used of a quota.</summary>
public sealed class ResourceQuotaStatus
{
    /// <summary>The bounds in force.</summary>
    [Field(1)]
    public Dictionary<string, Quantity>? Hard { get; set; }

    /// <summary>What is used.</summary>
    [Field(2)]
    public Dictionary<string, Quantity>? Used { get; set; }
}
