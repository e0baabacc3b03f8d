using System.Collections.Frozen;
using System.Text.Json.Nodes;
using Kube.Api.Schema;

namespace Kube.Api.Serialization;

/// <summary>
/// Decodes Kubernetes' protobuf messages to JSON objects by field number. Zero values are kept here;
/// <see cref="SchemaCheck"/> drops those that Go's JSON would not show.
/// </summary>
internal static class ProtobufDecoder
{
    internal static JsonObject Decode(ReadOnlySpan<byte> data, ObjectSchema schema)
    {
        var result = new JsonObject();
        ReadMessage(data, schema.WireByNumber, result, 0);
        return result;
    }

    private static void ReadMessage(ReadOnlySpan<byte> data, FrozenDictionary<int, WireField> fields, JsonObject into, int depth)
    {
        if (depth > DecodeLimits.MaxDepth)
        {
            throw ProtobufReader.TooDeep();
        }

        var reader = new ProtobufReader(data);
        while (!reader.AtEnd)
        {
            var (number, type) = reader.ReadTag();
            if (!fields.TryGetValue(number, out var wire))
            {
                reader.Skip(number, type);
            }
            else if (wire.Group is { } group)
            {
                Expect(type, ProtobufWireType.Bytes, "group");
                ReadMessage(reader.ReadBytes(), group.ByNumber, into, depth + 1);
            }
            else
            {
                ReadField(ref reader, type, wire.Field!, into, depth);
            }
        }
    }

    private static void ReadField(ref ProtobufReader reader, ProtobufWireType type, FieldSchema field, JsonObject into, int depth)
    {
        var value = field.Value;
        switch (value.Kind)
        {
            case ValueKind.List when !value.Wrapped:
                if (into[field.Name] is not JsonArray list)
                {
                    into[field.Name] = list = [];
                }

                ReadItems(ref reader, type, field.Name, value.Element!, list, depth);
                return;
            case ValueKind.Map:
                Expect(type, ProtobufWireType.Bytes, field.Name);
                if (into[field.Name] is not JsonObject map)
                {
                    into[field.Name] = map = [];
                }

                ReadMapEntry(reader.ReadBytes(), field.Name, value.Element!, map, depth);
                return;
            case ValueKind.Object when into[field.Name] is JsonObject earlier:
                Expect(type, ProtobufWireType.Bytes, field.Name);
                ReadMessage(reader.ReadBytes(), value.Object!.WireByNumber, earlier, depth + 1);
                return;
            default:
                into[field.Name] = ReadValue(ref reader, type, field.Name, value, depth);
                return;
        }
    }

    private static void ReadItems(ref ProtobufReader reader, ProtobufWireType type, string name, ValueSchema element, JsonArray list, int depth)
    {
        var numeric = element.Kind is ValueKind.Int32 or ValueKind.Int64 or ValueKind.Boolean or ValueKind.Double;
        if (!numeric || type != ProtobufWireType.Bytes)
        {
            list.Add(ReadValue(ref reader, type, name, element, depth));
            return;
        }

        var packed = new ProtobufReader(reader.ReadBytes());
        var itemType = element.Kind == ValueKind.Double ? ProtobufWireType.Fixed64 : ProtobufWireType.Varint;
        while (!packed.AtEnd)
        {
            list.Add(ReadValue(ref packed, itemType, name, element, depth));
        }
    }

    private static void ReadMapEntry(ReadOnlySpan<byte> entry, string name, ValueSchema element, JsonObject map, int depth)
    {
        var key = "";
        JsonNode? value = null;
        var reader = new ProtobufReader(entry);
        while (!reader.AtEnd)
        {
            var (number, type) = reader.ReadTag();
            if (number == 1)
            {
                Expect(type, ProtobufWireType.Bytes, name);
                key = ScalarText.FromUtf8(reader.ReadBytes());
            }
            else if (number == 2)
            {
                value = ReadValue(ref reader, type, name, element, depth + 1);
            }
            else
            {
                reader.Skip(number, type);
            }
        }

        map[key] = value ?? ZeroValue.OfElement(element);
    }

    private static JsonNode? ReadValue(ref ProtobufReader reader, ProtobufWireType type, string name, ValueSchema value, int depth)
    {
        switch (value.Kind)
        {
            case ValueKind.Boolean:
                Expect(type, ProtobufWireType.Varint, name);
                return JsonValue.Create(reader.ReadVarint() != 0);
            case ValueKind.Int32:
                Expect(type, ProtobufWireType.Varint, name);
                return JsonTree.Number(unchecked((int)reader.ReadVarint()));
            case ValueKind.Int64:
                Expect(type, ProtobufWireType.Varint, name);
                return JsonTree.Number(unchecked((long)reader.ReadVarint()));
            case ValueKind.Double:
                Expect(type, ProtobufWireType.Fixed64, name);
                return JsonTree.Number(reader.ReadDouble());
        }

        Expect(type, ProtobufWireType.Bytes, name);
        var bytes = reader.ReadBytes();
        switch (value.Kind)
        {
            case ValueKind.String:
                return JsonValue.Create(ScalarText.FromUtf8(bytes));
            case ValueKind.Bytes:
                return JsonValue.Create(Convert.ToBase64String(bytes));
            case ValueKind.Object:
                var obj = new JsonObject();
                ReadMessage(bytes, value.Object!.WireByNumber, obj, depth + 1);
                return obj;
            case ValueKind.List:
                return ReadWrapped(bytes, name, value.Element!, depth + 1);
            default:
                return ProtobufScalars.Read(bytes, value.Kind);
        }
    }

    private static JsonArray ReadWrapped(ReadOnlySpan<byte> bytes, string name, ValueSchema element, int depth)
    {
        var list = new JsonArray();
        var reader = new ProtobufReader(bytes);
        while (!reader.AtEnd)
        {
            var (number, type) = reader.ReadTag();
            if (number == 1)
            {
                ReadItems(ref reader, type, name, element, list, depth);
            }
            else
            {
                reader.Skip(number, type);
            }
        }

        return list;
    }

    private static void Expect(ProtobufWireType actual, ProtobufWireType expected, string name)
    {
        if (actual != expected)
        {
            throw new DecodeException($"proto: wrong wireType = {(int)actual} for field {name}");
        }
    }
}
