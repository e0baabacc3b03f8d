using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>What is wanted of a namespace.</summary>
public sealed class NamespaceSpec
{
    /// <summary>Who must be done before the namespace may go; changed through its finalize subresource.</summary>
    [Field(1)]
    [ListType(ListKind.Atomic)]
    public List<string>? Finalizers { get; set; }
}
