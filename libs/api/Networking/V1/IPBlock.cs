using Kube.Api.Schema;

namespace Kube.Api.Networking.V1;

/// <summary>A network, and parts of it that are not meant.</summary>
public sealed class IPBlock
{
    /// <summary>The network.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Cidr { get; set; }

    /// <summary>The parts not meant.</summary>
    [Field(2)]
    [ListType(ListKind.Atomic)]
    public List<string>? Except { get; set; }
}
