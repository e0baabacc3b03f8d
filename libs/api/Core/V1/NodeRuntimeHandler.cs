using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class NodeRuntimeHandler
{
    [Field(1, Always = true)]
    public string? Name { get; set; }

    [Field(2)]
    public NodeRuntimeHandlerFeatures? Features { get; set; }
}
