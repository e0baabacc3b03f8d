using System.Diagnostics.CodeAnalysis;
using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>Small pieces of confidential data.</summary>
[Kind("", "v1", "secrets", Namespaced = true)]
[NameFormat(NameFormat.DnsSubdomain)]
public sealed class Secret : IKubeObject
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; } = "v1";

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; } = "Secret";

    /// <summary>Name, namespace, labels, annotations, owners and the rest of what every object carries.</summary>
    [Field(1, Always = true)]
    [AllowNull]
    public ObjectMeta Metadata { get; set => field = value ?? new ObjectMeta(); } = new();

    /// <summary>Forbids any further change of the data.</summary>
    [Field(5)]
    public bool? Immutable { get; set; }

    /// <summary>Keys and values, the values in base64.</summary>
    [Field(2)]
    public Dictionary<string, byte[]>? Data { get; set; }

    /// <summary>Keys and values as plain text; taken on writing and merged into data, never returned.</summary>
    [Field(4)]
    public Dictionary<string, string>? StringData { get; set; }

    /// <summary>What the secret is for; some types must have certain keys.</summary>
    [Field(3)]
    [Default("\"Opaque\"")]
    [Immutable]
    public string? Type { get; set; }
}
