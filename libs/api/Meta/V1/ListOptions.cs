using Kube.Api.Schema;

namespace Kube.Api.Meta.V1;

/// <summary>Query parameters of list and watch requests.</summary>
public sealed class ListOptions
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; }

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; }

    /// <summary>Only objects whose labels match.</summary>
    [Field(1)]
    public string? LabelSelector { get; set; }

    /// <summary>Only objects whose fields match.</summary>
    [Field(2)]
    public string? FieldSelector { get; set; }

    /// <summary>Asks for a stream of changes instead of a list.</summary>
    [Field(3)]
    public bool Watch { get; set; }

    /// <summary>Allows the server to send bookmarks, events that only say how far the watch has come.</summary>
    [Field(9)]
    public bool AllowWatchBookmarks { get; set; }

    /// <summary>Which state to read, or from which on to watch.</summary>
    [Field(4)]
    public string? ResourceVersion { get; set; }

    /// <summary>How resourceVersion is meant in a list: Exact, or NotOlderThan.</summary>
    [Field(10)]
    public string? ResourceVersionMatch { get; set; }

    /// <summary>Seconds after which the server ends the request.</summary>
    [Field(5)]
    public long? TimeoutSeconds { get; set; }

    /// <summary>Most objects in one page; the answer's continue token leads to the next.</summary>
    [Field(7)]
    public long Limit { get; set; }

    /// <summary>Token of the page to read, from the page before.</summary>
    [Field(8)]
    public string? Continue { get; set; }

    /// <summary>Begins a watch with an event for each existing object, and a bookmark where they end.</summary>
    [Field(11)]
    public bool? SendInitialEvents { get; set; }
}
