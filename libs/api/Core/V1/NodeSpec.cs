using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>What is wanted of a node.</summary>
public sealed class NodeSpec
{
    /// <summary>Network that its pods' addresses come from.</summary>
    [Field(1)]
    public string? PodCIDR { get; set; }

    /// <summary>Networks that its pods' addresses come from, one of each family.</summary>
    [Field(7)]
    [ListType(ListKind.Set)]
    [PatchStrategy("merge")]
    public List<string>? PodCIDRs { get; set; }

    /// <summary>The cloud's name for the machine: provider://id.</summary>
    [Field(3)]
    public string? ProviderID { get; set; }

    /// <summary>Keeps new pods off it, as kubectl cordon does.</summary>
    [Field(4)]
    public bool Unschedulable { get; set; }

    /// <summary>Marks that keep pods off it.</summary>
    [Field(5)]
    [ListType(ListKind.Atomic)]
    public List<Taint>? Taints { get; set; }

    /// <summary>No longer used.</summary>
    [Field(6)]
    public NodeConfigSource? ConfigSource { get; set; }

    /// <summary>No longer used.</summary>
    [Field(2)]
    public string? ExternalID { get; set; }
}
