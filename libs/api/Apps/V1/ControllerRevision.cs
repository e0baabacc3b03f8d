using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Apps.V1;

[Kind("apps", "v1", "controllerrevisions", Namespaced = true)]
public sealed class ControllerRevision : IKubeObject
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; } = "apps/v1";

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; } = "ControllerRevision";

    [Field(1, Always = true)]
    [System.Diagnostics.CodeAnalysis.AllowNull]
    public ObjectMeta Metadata { get; set => field = value ?? new ObjectMeta(); } = new();

    [Field(2, Always = true)]
    [Immutable]
    public JsonNode? Data { get; set; }

    [Field(3, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long Revision { get; set; }
}
