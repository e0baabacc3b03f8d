using Kube.Api.Schema;

namespace Kube.Api.Authorization.V1;

/// <summary>A request for a resource.</summary>
public sealed class ResourceAttributes
{
    /// <summary>Namespace of the objects; empty for cluster-scoped ones or all.</summary>
    [Field(1)]
    public string? Namespace { get; set; }

    /// <summary>What is to be done, such as get; * means everything.</summary>
    [Field(2)]
    public string? Verb { get; set; }

    /// <summary>Group of the resource; * means all.</summary>
    [Field(3)]
    public string? Group { get; set; }

    /// <summary>Version of the resource; * means all.</summary>
    [Field(4)]
    public string? Version { get; set; }

    /// <summary>The resource; * means all.</summary>
    [Field(5)]
    public string? Resource { get; set; }

    /// <summary>The subresource, if any.</summary>
    [Field(6)]
    public string? Subresource { get; set; }

    /// <summary>Name of the object; empty means all.</summary>
    [Field(7)]
    public string? Name { get; set; }

    /// <summary>Limits a list to some fields' values.</summary>
    [Field(8)]
    public FieldSelectorAttributes? FieldSelector { get; set; }

    /// <summary>Limits a list to some labels.</summary>
    [Field(9)]
    public LabelSelectorAttributes? LabelSelector { get; set; }
}
