using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class NodeFeatures
{
    [Field(1)]
    public bool? SupplementalGroupsPolicy { get; set; }
}
