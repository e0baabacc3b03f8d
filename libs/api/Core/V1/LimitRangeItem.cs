using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Core.V1;

public sealed class LimitRangeItem
{
    [Field(1, Required = true, Always = true)]
    public string? Type { get; set; }

    [Field(2)]
    public Dictionary<string, Quantity>? Max { get; set; }

    [Field(3)]
    public Dictionary<string, Quantity>? Min { get; set; }

    [Field(4)]
    public Dictionary<string, Quantity>? Default { get; set; }

    [Field(5)]
    public Dictionary<string, Quantity>? DefaultRequest { get; set; }

    [Field(6)]
    public Dictionary<string, Quantity>? MaxLimitRequestRatio { get; set; }
}
