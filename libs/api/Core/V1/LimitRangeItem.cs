using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Core.V1;

/// <summary>Bounds and defaults for one kind of thing.</summary>
public sealed class LimitRangeItem
{
    /// <summary>What is bounded: Pod, Container or PersistentVolumeClaim.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Type { get; set; }

    /// <summary>The most of each resource.</summary>
    [Field(2)]
    public Dictionary<string, Quantity>? Max { get; set; }

    /// <summary>The least of each resource.</summary>
    [Field(3)]
    public Dictionary<string, Quantity>? Min { get; set; }

    /// <summary>Limit given where there is none.</summary>
    [Field(4)]
    public Dictionary<string, Quantity>? Default { get; set; }

    /// <summary>Request given where there is none.</summary>
    [Field(5)]
    public Dictionary<string, Quantity>? DefaultRequest { get; set; }

    /// <summary>How many times the request the limit may be.</summary>
    [Field(6)]
    public Dictionary<string, Quantity>? MaxLimitRequestRatio { get; set; }
}
