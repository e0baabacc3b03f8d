using System.Globalization;
using System.Text.Json.Nodes;
using Kube.Api.Schema;

namespace Kube.Api.Serialization;

/// <summary>
/// Encodes objects as Kubernetes' generated protobuf code does: fields by rising number, scalars that are not
/// pointers always written, map entries by key.
/// </summary>
internal static class ProtobufEncoder
{
    internal static byte[] Encode(JsonObject obj, ObjectSchema schema)
    {
        var writer = new ProtobufWriter();
        WriteFields(writer, obj, schema.WireFields);
        return writer.ToArray();
    }

    private static void WriteFields(ProtobufWriter writer, JsonObject obj, IReadOnlyList<WireField> fields)
    {
        for (var i = fields.Count - 1; i >= 0; i--)
        {
            var (number, field, group) = fields[i];
            if (group is not null)
            {
                var mark = writer.Length;
                WriteFields(writer, obj, group.Fields);
                writer.WriteMessagePrefix(number, mark);
            }
            else if (obj[field!.Name] is { } node)
            {
                WriteField(writer, number, node, field.Value);
            }
            else if (!field.Pointer)
            {
                WriteZero(writer, number, field);
            }
        }
    }

    /// <summary>Writes what Go writes for a field by value that holds nothing.</summary>
    private static void WriteZero(ProtobufWriter writer, int number, FieldSchema field)
    {
        switch (field.Value.Kind)
        {
            case ValueKind.String:
                writer.WriteBytesField(number, []);
                break;
            case ValueKind.Boolean or ValueKind.Int32 or ValueKind.Int64:
                writer.WriteVarintField(number, 0);
                break;
            case ValueKind.Double:
                writer.WriteDoubleField(number, 0);
                break;
            case ValueKind.Time or ValueKind.MicroTime when field.Always:
                writer.WriteBytesField(number, []);
                break;
            case ValueKind.Object when field.Always:
                WriteValue(writer, number, new JsonObject(), field.Value);
                break;
        }
    }

    private static void WriteField(ProtobufWriter writer, int number, JsonNode node, ValueSchema value)
    {
        if (value.Kind == ValueKind.Map)
        {
            WriteMap(writer, number, (JsonObject)node, value.Element!);
        }
        else if (value.Kind == ValueKind.List && !value.Wrapped)
        {
            WriteItems(writer, number, (JsonArray)node, value.Element!);
        }
        else
        {
            WriteValue(writer, number, node, value);
        }
    }

    private static void WriteItems(ProtobufWriter writer, int number, JsonArray list, ValueSchema element)
    {
        for (var i = list.Count - 1; i >= 0; i--)
        {
            WriteValue(writer, number, list[i], element);
        }
    }

    private static void WriteMap(ProtobufWriter writer, int number, JsonObject map, ValueSchema element)
    {
        foreach (var (key, item) in map.OrderByDescending(p => p.Key, StringComparer.Ordinal))
        {
            var mark = writer.Length;
            WriteValue(writer, 2, item, element);
            writer.WriteStringField(1, key);
            writer.WriteMessagePrefix(number, mark);
        }
    }

    private static void WriteValue(ProtobufWriter writer, int number, JsonNode? node, ValueSchema value)
    {
        if (node is null)
        {
            writer.WriteBytesField(number, []);
            return;
        }

        switch (value.Kind)
        {
            case ValueKind.String:
                writer.WriteStringField(number, node.GetValue<string>());
                return;
            case ValueKind.Boolean:
                writer.WriteVarintField(number, node.GetValue<bool>() ? 1UL : 0UL);
                return;
            case ValueKind.Int32 or ValueKind.Int64:
                writer.WriteVarintField(number, unchecked((ulong)long.Parse(SchemaCheck.RawNumber(node), CultureInfo.InvariantCulture)));
                return;
            case ValueKind.Double:
                writer.WriteDoubleField(number, double.Parse(SchemaCheck.RawNumber(node), CultureInfo.InvariantCulture));
                return;
            case ValueKind.Bytes:
                writer.WriteBytesField(number, ScalarText.FromBase64(node.GetValue<string>()));
                return;
        }

        var mark = writer.Length;
        switch (value.Kind)
        {
            case ValueKind.Object:
                WriteFields(writer, (JsonObject)node, value.Object!.WireFields);
                break;
            case ValueKind.List:
                WriteItems(writer, 1, (JsonArray)node, value.Element!);
                break;
            default:
                ProtobufScalars.Write(writer, node, value.Kind);
                break;
        }

        writer.WriteMessagePrefix(number, mark);
    }
}
