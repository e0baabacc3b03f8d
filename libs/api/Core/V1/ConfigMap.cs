using System.Diagnostics.CodeAnalysis;
using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>Settings for programs to read.</summary>
[Kind("", "v1", "configmaps", Namespaced = true, ShortNames = "cm")]
[NameFormat(NameFormat.DnsSubdomain)]
public sealed class ConfigMap : IKubeObject
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; } = "v1";

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; } = "ConfigMap";

    /// <summary>Name, namespace, labels, annotations, owners and the rest of what every object carries.</summary>
    [Field(1, Always = true)]
    [AllowNull]
    public ObjectMeta Metadata { get; set => field = value ?? new ObjectMeta(); } = new();

    /// <summary>Forbids any further change of the data.</summary>
    [Field(4)]
    public bool? Immutable { get; set; }

    /// <summary>Keys and texts.</summary>
    [Field(2)]
    public Dictionary<string, string>? Data { get; set; }

    /// <summary>Keys and values that are not text, in base64.</summary>
    [Field(3)]
    public Dictionary<string, byte[]>? BinaryData { get; set; }
}
