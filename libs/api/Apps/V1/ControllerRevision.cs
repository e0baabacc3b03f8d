using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Apps.V1;

/// <summary>A stored state that a controller can return to. It never changes.</summary>
[Kind("apps", "v1", "controllerrevisions", Namespaced = true)]
[NameFormat(NameFormat.DnsSubdomain)]
public sealed class ControllerRevision : IKubeObject
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; } = "apps/v1";

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; } = "ControllerRevision";

    /// <summary>Name, namespace, labels, annotations, owners and the rest of what every object carries.</summary>
    [Field(1, Always = true)]
    [AllowNull]
    public ObjectMeta Metadata { get; set => field = value ?? new ObjectMeta(); } = new();

    /// <summary>The state; only its controller knows its form.</summary>
    [Field(2, Always = true)]
    [Immutable]
    public JsonNode? Data { get; set; }

    /// <summary>Number of the revision.</summary>
    [Field(3, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long Revision { get; set; }
}
