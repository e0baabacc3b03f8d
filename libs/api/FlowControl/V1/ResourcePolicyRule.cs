using Kube.Api.Schema;

namespace Kube.Api.FlowControl.V1;

/// <summary>Requests for resources: every field must fit.</summary>
public sealed class ResourcePolicyRule
{
    /// <summary>What is done; * means all.</summary>
    [Field(1, Required = true, Always = true)]
    [ListType(ListKind.Set)]
    public List<string>? Verbs { get; set; }

    /// <summary>Groups of the resources; * means all.</summary>
    [Field(2, Required = true, Always = true)]
    [ListType(ListKind.Set)]
    public List<string>? ApiGroups { get; set; }

    /// <summary>The resources; * means all.</summary>
    [Field(3, Required = true, Always = true)]
    [ListType(ListKind.Set)]
    public List<string>? Resources { get; set; }

    /// <summary>Whether cluster-scoped requests fit.</summary>
    [Field(4)]
    public bool ClusterScope { get; set; }

    /// <summary>Namespaces that fit; * means all.</summary>
    [Field(5, Always = true)]
    [ListType(ListKind.Set)]
    public List<string>? Namespaces { get; set; }
}
