using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>An image on a node.</summary>
public sealed class ContainerImage
{
    /// <summary>Its names.</summary>
    [Field(1, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<string>? Names { get; set; }

    /// <summary>Its size in bytes.</summary>
    [Field(2)]
    public long SizeBytes { get; set; }
}
