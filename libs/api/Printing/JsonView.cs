using System.Text.Json;
using System.Text.Json.Nodes;

namespace Kube.Api.Printing;

/// <summary>
/// A forgiving look into a JSON tree: what is absent or of another type reads as empty, so that printing an odd object
/// never fails.
/// </summary>
internal readonly struct JsonView(JsonNode? node)
{
    private readonly JsonNode? _node = node;

    public bool Exists => _node is not null;

    /// <summary>The text; "" when there is none.</summary>
    public string Text => OptionalText ?? "";

    public string? OptionalText => _node is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    /// <summary>The number; 0 when there is none.</summary>
    public long Number => OptionalNumber ?? 0;

    public long? OptionalNumber =>
        _node is JsonValue value && value.GetValueKind() == JsonValueKind.Number && value.TryGetValue<long>(out var number) ? number
        : _node is JsonValue small && small.TryGetValue<int>(out var shortNumber) ? shortNumber
        : null;

    public bool IsTrue => _node?.GetValueKind() == JsonValueKind.True;

    /// <summary>The time; null when absent or not a time.</summary>
    public DateTimeOffset? Time => Values.MicroTime.TryParse(OptionalText, out var time) && time.Value != DateTimeOffset.MinValue ? time.Value : null;

    /// <summary>Text, number or boolean as text; "" for anything else.</summary>
    public string Scalar => _node is JsonValue value ? OptionalText ?? value.ToJsonString() : "";

    /// <summary>The elements of an array; none when it is no array.</summary>
    public IReadOnlyList<JsonView> Items => _node is JsonArray array ? [.. array.Select(item => new JsonView(item))] : [];

    /// <summary>The members of an object in the order of their names.</summary>
    public IReadOnlyList<KeyValuePair<string, JsonView>> Members =>
        _node is JsonObject members
            ? [.. members.OrderBy(member => member.Key, StringComparer.Ordinal).Select(member => KeyValuePair.Create(member.Key, new JsonView(member.Value)))]
            : [];

    /// <summary>How many elements or members there are.</summary>
    public int Count => _node switch
    {
        JsonArray array => array.Count,
        JsonObject members => members.Count,
        _ => 0,
    };

    public JsonView this[string name] => new(_node is JsonObject members ? members[name] : null);
}
