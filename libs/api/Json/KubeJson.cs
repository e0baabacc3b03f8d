using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Kube.Api.Json;

/// <summary>
/// JSON of the typed resources, without reflection: names in camel case, absent fields left out, text in UTF-8 as it
/// is. Thread safe.
/// </summary>
public static class KubeJson
{
    /// <summary>The generated context with the options below.</summary>
    public static KubeJsonContext Context { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = 512,
    });

    /// <summary>The options all typed resources are read and written with; read-only.</summary>
    public static JsonSerializerOptions Options => Context.Options;

    /// <summary>The type's serialiser.</summary>
    /// <exception cref="NotSupportedException">The type is not an API type.</exception>
    public static JsonTypeInfo<T> TypeInfo<T>() => (JsonTypeInfo<T>)Options.GetTypeInfo(typeof(T));

    /// <summary>UTF-8 JSON of an object.</summary>
    public static byte[] Serialize<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, TypeInfo<T>());

    /// <summary>JSON of an object as text.</summary>
    public static string SerializeToString<T>(T value) => JsonSerializer.Serialize(value, TypeInfo<T>());

    /// <summary>The object as a JSON tree.</summary>
    public static JsonObject ToJsonObject<T>(T value)
        where T : class =>
        JsonSerializer.SerializeToNode(value, TypeInfo<T>())?.AsObject() ?? throw new ArgumentNullException(nameof(value));

    /// <summary>Reads an object; unknown members are left out.</summary>
    /// <exception cref="JsonException">The text is not JSON, is null, or has a member of the wrong type.</exception>
    public static T Deserialize<T>(ReadOnlySpan<byte> utf8Json) =>
        JsonSerializer.Deserialize(utf8Json, TypeInfo<T>()) ?? throw new JsonException("the document is null");

    /// <inheritdoc cref="Deserialize{T}(ReadOnlySpan{byte})"/>
    public static T Deserialize<T>(string json) =>
        JsonSerializer.Deserialize(json, TypeInfo<T>()) ?? throw new JsonException("the document is null");

    /// <summary>Reads an object from a JSON tree.</summary>
    /// <exception cref="JsonException">A member has the wrong type.</exception>
    public static T FromJsonObject<T>(JsonObject tree)
        where T : class =>
        tree.Deserialize(TypeInfo<T>()) ?? throw new JsonException("the document is null");
}
