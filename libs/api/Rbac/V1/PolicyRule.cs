using Kube.Api.Schema;

namespace Kube.Api.Rbac.V1;

/// <summary>Something that may be done.</summary>
public sealed class PolicyRule
{
    /// <summary>What may be done: get, list, watch, create, update, patch, delete and so on; * means all.</summary>
    [Field(1, Required = true, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<string>? Verbs { get; set; }

    /// <summary>Groups of the resources; "" is core, * means all.</summary>
    [Field(2)]
    [ListType(ListKind.Atomic)]
    public List<string>? ApiGroups { get; set; }

    /// <summary>The resources, subresources after a slash; * means all.</summary>
    [Field(3)]
    [ListType(ListKind.Atomic)]
    public List<string>? Resources { get; set; }

    /// <summary>Names of the objects; absent means all.</summary>
    [Field(4)]
    [ListType(ListKind.Atomic)]
    public List<string>? ResourceNames { get; set; }

    /// <summary>Paths that are no resources, such as /healthz; * stands for anything at the end. Only in cluster roles.</summary>
    [Field(5)]
    [ListType(ListKind.Atomic)]
    public List<string>? NonResourceURLs { get; set; }
}
