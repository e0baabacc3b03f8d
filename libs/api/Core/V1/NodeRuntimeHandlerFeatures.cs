using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class NodeRuntimeHandlerFeatures
{
    [Field(1)]
    public bool? RecursiveReadOnlyMounts { get; set; }

    [Field(2)]
    public bool? UserNamespaces { get; set; }
}
