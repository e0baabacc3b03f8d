using System.Text.Json.Serialization;
using Kube.Api.Schema;

namespace Kube.Api.Meta.V1;

public sealed class Status
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; } = "v1";

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; } = "Status";

    [Field(1, Always = true)]
    public ListMeta? Metadata { get; set; }

    [Field(2, Name = "status")]
    [JsonPropertyName("status")]
    public string? StatusValue { get; set; }

    [Field(3)]
    public string? Message { get; set; }

    [Field(4)]
    public string? Reason { get; set; }

    [Field(5)]
    public StatusDetails? Details { get; set; }

    [Field(6)]
    public int Code { get; set; }
}
