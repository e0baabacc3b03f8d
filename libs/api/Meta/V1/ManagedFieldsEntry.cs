using System.Text.Json.Nodes;
using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Meta.V1;

/// <summary>The fields one manager set in one way.</summary>
public sealed class ManagedFieldsEntry
{
    /// <summary>Name of the manager.</summary>
    [Field(1)]
    public string? Manager { get; set; }

    /// <summary>Apply for server-side apply, Update for all else.</summary>
    [Field(2)]
    public string? Operation { get; set; }

    /// <summary>Version of the object in which the fields are named.</summary>
    [Field(3)]
    public string? ApiVersion { get; set; }

    /// <summary>Time at which the manager last changed what it owns.</summary>
    [Field(4)]
    public Time? Time { get; set; }

    /// <summary>Form of the field set; FieldsV1 is the only one.</summary>
    [Field(6)]
    public string? FieldsType { get; set; }

    /// <summary>The set of fields, as a tree of paths.</summary>
    [Field(7)]
    public JsonNode? FieldsV1 { get; set; }

    /// <summary>The subresource the fields were set through; empty for the object itself.</summary>
    [Field(8)]
    public string? Subresource { get; set; }
}
