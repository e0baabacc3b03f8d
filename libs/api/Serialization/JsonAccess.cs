using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Kube.Api.Serialization;

/// <summary>
/// Reads members of objects that <see cref="SchemaCheck"/> has passed; a member that is absent, null or of
/// another kind reads as null.
/// </summary>
public static class JsonAccess
{
    public static string? Text(this JsonObject? obj, string name) =>
        obj?[name] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    public static long? Whole(this JsonObject? obj, string name) => obj?[name] is JsonValue value ? Whole(value) : null;

    /// <summary>A whole number, whatever type the node was made from.</summary>
    public static long? Whole(JsonNode? node) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.Number
        && long.TryParse(SchemaCheck.RawNumber(value), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    public static bool? Flag(this JsonObject? obj, string name) => obj?[name] is JsonValue value
        ? value.GetValueKind() switch { JsonValueKind.True => true, JsonValueKind.False => false, _ => null }
        : null;

    public static JsonObject? Map(this JsonObject? obj, string name) => obj?[name] as JsonObject;

    public static JsonArray? List(this JsonObject? obj, string name) => obj?[name] as JsonArray;

    /// <summary>The objects of a list member; none when it is absent.</summary>
    public static IEnumerable<JsonObject> Items(this JsonObject? obj, string name) => obj.List(name)?.OfType<JsonObject>() ?? [];

    /// <summary>The texts of a list member; none when it is absent.</summary>
    public static IEnumerable<string> Texts(this JsonObject? obj, string name) =>
        obj.List(name)?.OfType<JsonValue>().Where(v => v.GetValueKind() == JsonValueKind.String).Select(v => v.GetValue<string>()) ?? [];

    /// <summary>True when the member is there and not null.</summary>
    public static bool Has(this JsonObject? obj, string name) => obj?[name] is not null;
}
