namespace Kube.Api.Serialization;

/// <summary>How bodies are written.</summary>
public enum WireFormat
{
    /// <summary>application/json.</summary>
    Json,

    /// <summary>application/yaml.</summary>
    Yaml,

    /// <summary>application/vnd.kubernetes.protobuf.</summary>
    Protobuf,
}

/// <summary>Names of the formats on the wire.</summary>
public static class WireFormats
{
    public const string Json = "application/json";
    public const string Yaml = "application/yaml";
    public const string Protobuf = "application/vnd.kubernetes.protobuf";
    public const string JsonPatch = "application/json-patch+json";
    public const string MergePatch = "application/merge-patch+json";
    public const string StrategicMergePatch = "application/strategic-merge-patch+json";
    public const string ApplyYaml = "application/apply-patch+yaml";

    /// <summary>The media type of a format, without parameters.</summary>
    public static string MediaTypeOf(WireFormat format) => format switch
    {
        WireFormat.Json => Json,
        WireFormat.Yaml => Yaml,
        _ => Protobuf,
    };

    /// <summary>The format of a Content-Type; null when it is none of ours. An empty type means JSON.</summary>
    public static WireFormat? FromContentType(string? contentType)
    {
        if (string.IsNullOrWhiteSpace(contentType))
        {
            return WireFormat.Json;
        }

        return MediaType.TryParse(contentType, out var type)
            ? type.Essence switch
            {
                Json => WireFormat.Json,
                Yaml => WireFormat.Yaml,
                Protobuf => WireFormat.Protobuf,
                _ => null,
            }
            : null;
    }
}
