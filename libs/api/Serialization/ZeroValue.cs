using System.Text.Json.Nodes;
using Kube.Api.Schema;

namespace Kube.Api.Serialization;

/// <summary>Go's zero values as its JSON shows them.</summary>
public static class ZeroValue
{
    /// <summary>Gives an object the absent fields that Go's JSON always writes.</summary>
    public static void Fill(JsonObject obj, ObjectSchema schema)
    {
        foreach (var field in schema.AlwaysFields)
        {
            if (!obj.ContainsKey(field.Name))
            {
                obj[field.Name] = Of(field.Value);
            }
        }
    }

    internal static JsonNode? Of(ValueSchema value) => value.Kind switch
    {
        ValueKind.String => JsonValue.Create(""),
        ValueKind.Boolean => JsonValue.Create(false),
        ValueKind.Int32 or ValueKind.Int64 or ValueKind.Double => JsonTree.Number(0),
        ValueKind.IntOrString => JsonTree.Number(0),
        ValueKind.Quantity => JsonValue.Create("0"),
        ValueKind.Duration => JsonValue.Create("0s"),
        ValueKind.Object => OfObject(value.Object!),
        _ => null,
    };

    /// <summary>The zero value of a list item or map value; an object is never null there.</summary>
    internal static JsonNode? OfElement(ValueSchema value) => Of(value);

    /// <summary>An object of which only what Go's JSON always writes is there.</summary>
    internal static JsonObject OfObject(ObjectSchema schema)
    {
        var result = new JsonObject();
        Fill(result, schema);
        return result;
    }
}
