using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kube.Api.Serialization;
using Kube.Cel.Values;

namespace Kube.Api.Cel;

/// <summary>
/// JSON as expressions see it: objects are maps, whole numbers are ints, and a member is made into a value only when it
/// is asked for. The JSON must not change while an expression looks at it.
/// </summary>
public static class JsonValues
{
    /// <summary>The value of a node; null is the language's null.</summary>
    public static CelValue Of(JsonNode? node) => node switch
    {
        null => NullValue.Instance,
        JsonObject obj => new ObjectValue(obj),
        JsonArray array => new ArrayValue(array),
        _ => node.GetValueKind() switch
        {
            JsonValueKind.String => new StringValue(node.GetValue<string>()),
            JsonValueKind.True => BoolValue.True,
            JsonValueKind.False => BoolValue.False,
            JsonValueKind.Null => NullValue.Instance,
            _ => Number(SchemaCheck.RawNumber(node.AsValue())),
        },
    };

    private static CelValue Number(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)
            ? IntValue.Of(whole)
            : new DoubleValue(double.Parse(text, CultureInfo.InvariantCulture));

    private sealed class ObjectValue(JsonObject obj) : MapValue
    {
        public override int Count => obj.Count;

        public override IEnumerable<CelValue> Keys => obj.Select(member => new StringValue(member.Key));

        public override CelValue? Find(CelValue key) =>
            key is StringValue name && obj.TryGetPropertyValue(name.Value, out var node) ? JsonValues.Of(node) : null;
    }

    private sealed class ArrayValue(JsonArray array) : ListValue
    {
        public override int Count => array.Count;

        public override CelValue this[int index] => JsonValues.Of(array[index]);
    }
}
