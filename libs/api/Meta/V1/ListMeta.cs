using Kube.Api.Schema;

namespace Kube.Api.Meta.V1;

/// <summary>What a list carries besides its items: the state it shows and how to go on reading it.</summary>
public sealed class ListMeta
{
    /// <summary>No longer written; kept so that old clients can read it.</summary>
    [Field(1)]
    public string? SelfLink { get; set; }

    /// <summary>
    /// Version of the stored state that the list shows. Opaque: pass it back unchanged, to watch from here or to read the
    /// same state.
    /// </summary>
    [Field(2)]
    public string? ResourceVersion { get; set; }

    /// <summary>
    /// Token for the next page, given when limit cut the list short. It goes stale after some minutes; then the list must be
    /// read anew.
    /// </summary>
    [Field(3)]
    public string? Continue { get; set; }

    /// <summary>How many objects follow the page; absent when that is not known, as with a selector.</summary>
    [Field(4)]
    public long? RemainingItemCount { get; set; }
}
