using Kube.Api.Schema;

namespace Kube.Api.Authorization.V1;

public sealed class ResourceAttributes
{
    [Field(1)]
    public string? Namespace { get; set; }

    [Field(2)]
    public string? Verb { get; set; }

    [Field(3)]
    public string? Group { get; set; }

    [Field(4)]
    public string? Version { get; set; }

    [Field(5)]
    public string? Resource { get; set; }

    [Field(6)]
    public string? Subresource { get; set; }

    [Field(7)]
    public string? Name { get; set; }

    [Field(8)]
    public FieldSelectorAttributes? FieldSelector { get; set; }

    [Field(9)]
    public LabelSelectorAttributes? LabelSelector { get; set; }
}
