using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Nodes.V1;

public sealed class Overhead
{
    [Field(1)]
    public Dictionary<string, Quantity>? PodFixed { get; set; }
}
