using System.Text.Json.Serialization;
using Kube.Api.Schema;

namespace Kube.Api.Meta.V1;

/// <summary>The answer to a request that returns no object, above all to one that failed.</summary>
public sealed class Status
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; } = "v1";

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; } = "Status";

    /// <summary>Empty; there because every answer has it.</summary>
    [Field(1, Always = true)]
    public ListMeta? Metadata { get; set; }

    /// <summary>Success or Failure.</summary>
    [Field(2, Name = "status")]
    [JsonPropertyName("status")]
    public string? StatusValue { get; set; }

    /// <summary>What happened, in words for people.</summary>
    [Field(3)]
    public string? Message { get; set; }

    /// <summary>Why it failed, as one CamelCase word for programs.</summary>
    [Field(4)]
    public string? Reason { get; set; }

    /// <summary>What the failure is about, beyond its reason.</summary>
    [Field(5)]
    public StatusDetails? Details { get; set; }

    /// <summary>HTTP status code of the answer.</summary>
    [Field(6)]
    public int Code { get; set; }
}
