using System.Text.Json.Nodes;
using Kube.Api.Schema;

namespace Kube.Api.Meta.V1;

/// <summary>One change seen by a watch.</summary>
public sealed class WatchEvent
{
    /// <summary>ADDED, MODIFIED, DELETED, BOOKMARK or ERROR.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Type { get; set; }

    /// <summary>The object after the change, or as it was before deletion; a Status for ERROR.</summary>
    [Field(2, Required = true, Always = true)]
    public JsonNode? Object { get; set; }
}
