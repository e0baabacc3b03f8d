using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Meta.V1;

public sealed class ObjectMeta
{
    [Field(1)]
    public string? Name { get; set; }

    [Field(2)]
    public string? GenerateName { get; set; }

    [Field(3)]
    public string? Namespace { get; set; }

    [Field(4)]
    public string? SelfLink { get; set; }

    [Field(5)]
    public string? Uid { get; set; }

    [Field(6)]
    public string? ResourceVersion { get; set; }

    [Field(7)]
    public long Generation { get; set; }

    [Field(8, Always = true)]
    public Time? CreationTimestamp { get; set; }

    [Field(9)]
    public Time? DeletionTimestamp { get; set; }

    [Field(10)]
    public long? DeletionGracePeriodSeconds { get; set; }

    [Field(11)]
    public Dictionary<string, string>? Labels { get; set; }

    [Field(12)]
    public Dictionary<string, string>? Annotations { get; set; }

    [Field(13)]
    [ListType(ListKind.Map, "uid")]
    [PatchStrategy("merge", MergeKey = "uid")]
    public List<OwnerReference>? OwnerReferences { get; set; }

    [Field(14)]
    [ListType(ListKind.Set)]
    [PatchStrategy("merge")]
    public List<string>? Finalizers { get; set; }

    [Field(17)]
    [ListType(ListKind.Atomic)]
    public List<ManagedFieldsEntry>? ManagedFields { get; set; }
}
