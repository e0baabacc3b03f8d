using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>Ports of the programs on a node.</summary>
public sealed class NodeDaemonEndpoints
{
    /// <summary>Port of the kubelet.</summary>
    [Field(1, Always = true)]
    public DaemonEndpoint? KubeletEndpoint { get; set; }
}
