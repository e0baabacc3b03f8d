using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Meta.V1;

/// <summary>
/// What every object carries: its name, labels and annotations, its owners, and what the server keeps about it.
/// </summary>
public sealed class ObjectMeta
{
    /// <summary>The object's name, unique among objects of the kind in the namespace. It cannot be changed.</summary>
    [Field(1)]
    public string? Name { get; set; }

    /// <summary>Prefix that the server completes to a unique name when no name is given.</summary>
    [Field(2)]
    public string? GenerateName { get; set; }

    /// <summary>The namespace that holds the object; empty for cluster-scoped kinds. It cannot be changed.</summary>
    [Field(3)]
    public string? Namespace { get; set; }

    /// <summary>No longer written; kept so that old clients can read it.</summary>
    [Field(4)]
    public string? SelfLink { get; set; }

    /// <summary>Identity of the object over time: a new object of the same name gets another. Set by the server.</summary>
    [Field(5)]
    public string? Uid { get; set; }

    /// <summary>
    /// Version of the object as stored; changes with every write. Sent back in an update, it makes the write fail if another
    /// one came first. Opaque.
    /// </summary>
    [Field(6)]
    public string? ResourceVersion { get; set; }

    /// <summary>Counts the changes of what is wanted. Set by the server.</summary>
    [Field(7)]
    public long Generation { get; set; }

    /// <summary>Time at which the server created the object.</summary>
    [Field(8, Always = true)]
    public Time? CreationTimestamp { get; set; }

    /// <summary>
    /// Time after which the object goes away. Set by the server when deletion is asked for; the object stays until its grace
    /// period is over and its finalizers are gone.
    /// </summary>
    [Field(9)]
    public Time? DeletionTimestamp { get; set; }

    /// <summary>Seconds the object was given to end well when its deletion was asked for.</summary>
    [Field(10)]
    public long? DeletionGracePeriodSeconds { get; set; }

    /// <summary>Keys and values that tell objects apart and that selectors select by.</summary>
    [Field(11)]
    public Dictionary<string, string>? Labels { get; set; }

    /// <summary>Keys and values that tools attach to the object; nothing selects by them.</summary>
    [Field(12)]
    public Dictionary<string, string>? Annotations { get; set; }

    /// <summary>
    /// Objects this one depends on: when the last of them is gone, it is removed too. At most one is the managing controller.
    /// </summary>
    [Field(13)]
    [ListType(ListKind.Map, "uid")]
    [PatchStrategy("merge", MergeKey = "uid")]
    public List<OwnerReference>? OwnerReferences { get; set; }

    /// <summary>
    /// Names of those who still have work to do before the object may be removed; each takes its own name away when done.
    /// </summary>
    [Field(14)]
    [ListType(ListKind.Set)]
    [PatchStrategy("merge")]
    public List<string>? Finalizers { get; set; }

    /// <summary>Which manager set which fields, as server-side apply keeps it. Most users need not look at it.</summary>
    [Field(17)]
    [ListType(ListKind.Atomic)]
    public List<ManagedFieldsEntry>? ManagedFields { get; set; }
}
