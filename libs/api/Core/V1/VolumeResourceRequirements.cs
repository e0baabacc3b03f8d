using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Core.V1;

public sealed class VolumeResourceRequirements
{
    [Field(1)]
    public Dictionary<string, Quantity>? Limits { get; set; }

    [Field(2)]
    public Dictionary<string, Quantity>? Requests { get; set; }
}
