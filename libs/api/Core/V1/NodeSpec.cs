using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class NodeSpec
{
    [Field(1)]
    public string? PodCIDR { get; set; }

    [Field(7)]
    [ListType(ListKind.Set)]
    [PatchStrategy("merge")]
    public List<string>? PodCIDRs { get; set; }

    [Field(3)]
    public string? ProviderID { get; set; }

    [Field(4)]
    public bool Unschedulable { get; set; }

    [Field(5)]
    [ListType(ListKind.Atomic)]
    public List<Taint>? Taints { get; set; }

    [Field(6)]
    public NodeConfigSource? ConfigSource { get; set; }

    [Field(2)]
    public string? ExternalID { get; set; }
}
