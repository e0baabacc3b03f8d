using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class NodeConfigSource
{
    [Field(2)]
    public ConfigMapNodeConfigSource? ConfigMap { get; set; }
}
