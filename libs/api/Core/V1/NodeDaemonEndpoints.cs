using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class NodeDaemonEndpoints
{
    [Field(1, Always = true)]
    public DaemonEndpoint? KubeletEndpoint { get; set; }
}
