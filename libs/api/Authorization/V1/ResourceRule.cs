using Kube.Api.Schema;

namespace Kube.Api.Authorization.V1;

/// <summary>Something that may be done with resources.</summary>
public sealed class ResourceRule
{
    /// <summary>What may be done; * means all.</summary>
    [Field(1, Required = true, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<string>? Verbs { get; set; }

    /// <summary>Groups of the resources; * means all.</summary>
    [Field(2)]
    [ListType(ListKind.Atomic)]
    public List<string>? ApiGroups { get; set; }

    /// <summary>The resources; * means all.</summary>
    [Field(3)]
    [ListType(ListKind.Atomic)]
    public List<string>? Resources { get; set; }

    /// <summary>Names of the objects; absent means all.</summary>
    [Field(4)]
    [ListType(ListKind.Atomic)]
    public List<string>? ResourceNames { get; set; }
}
