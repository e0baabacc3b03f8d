using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kube.Api.Serialization;

namespace Kube.Api.OpenApi;

/// <summary>
/// The OpenAPI v2 document in the protobuf form that clients ask for as
/// application/com.github.proto-openapi.spec.v2@v1.0+protobuf: the openapi.v2 messages of Google's gnostic.
/// </summary>
public static class OpenApiV2Protobuf
{
    public const string MediaType = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";

    private enum Form
    {
        Text,
        Flag,
        Number,
        Texts,

        /// <summary>gnostic's Any: the value as YAML.</summary>
        Any,
        Anys,
        Message,
        Messages,

        /// <summary>A message around a list of (name, value) pairs.</summary>
        Named,

        /// <summary>A field that a message of one field wraps once more (a oneof).</summary>
        Wrapped,
    }

    private sealed record Field(int Number, Form Form, Func<Message>? Of = null, int Inner = 0);

    /// <summary>A message's fields by their JSON name; the rest that begins with x- are its vendor extensions.</summary>
    private sealed record Message(int Extensions, Dictionary<string, Field> Fields);

    private static readonly Message Info = new(7, new() { ["title"] = new(1, Form.Text), ["version"] = new(2, Form.Text), ["description"] = new(3, Form.Text) });

    private static readonly Message Schema = new(31, new()
    {
        ["$ref"] = new(1, Form.Text),
        ["format"] = new(2, Form.Text),
        ["title"] = new(3, Form.Text),
        ["description"] = new(4, Form.Text),
        ["default"] = new(5, Form.Any),
        ["maximum"] = new(7, Form.Number),
        ["minimum"] = new(9, Form.Number),
        ["pattern"] = new(13, Form.Text),
        ["required"] = new(19, Form.Texts),
        ["enum"] = new(20, Form.Anys),
        ["additionalProperties"] = new(21, Form.Wrapped, () => Schema!, 1),
        ["type"] = new(22, Form.Wrapped, null, 1),
        ["items"] = new(23, Form.Wrapped, () => Schema!, 1),
        ["allOf"] = new(24, Form.Messages, () => Schema!),
        ["properties"] = new(25, Form.Named, () => Schema!, 1),
    });

    private static readonly Message Parameter = new(23, new()
    {
        ["required"] = new(1, Form.Flag),
        ["in"] = new(2, Form.Text),
        ["description"] = new(3, Form.Text),
        ["name"] = new(4, Form.Text),
        ["type"] = new(6, Form.Text),
        ["uniqueItems"] = new(20, Form.Flag),
    });

    private static readonly Message PathParameter = new(22, new()
    {
        ["required"] = new(1, Form.Flag),
        ["in"] = new(2, Form.Text),
        ["description"] = new(3, Form.Text),
        ["name"] = new(4, Form.Text),
        ["type"] = new(5, Form.Text),
        ["uniqueItems"] = new(19, Form.Flag),
    });

    private static readonly Message BodyParameter = new(6, new()
    {
        ["description"] = new(1, Form.Text),
        ["name"] = new(2, Form.Text),
        ["in"] = new(3, Form.Text),
        ["required"] = new(4, Form.Flag),
        ["schema"] = new(5, Form.Message, () => Schema),
    });

    private static readonly Message Response = new(5, new()
    {
        ["description"] = new(1, Form.Text),
        ["schema"] = new(2, Form.Wrapped, () => Schema, 1),
    });

    private static readonly Message Operation = new(13, new()
    {
        ["tags"] = new(1, Form.Texts),
        ["description"] = new(3, Form.Text),
        ["operationId"] = new(5, Form.Text),
        ["produces"] = new(6, Form.Texts),
        ["consumes"] = new(7, Form.Texts),
        ["schemes"] = new(10, Form.Texts),
    });

    private static readonly Dictionary<string, int> Methods = new()
    {
        ["get"] = 2,
        ["put"] = 3,
        ["post"] = 4,
        ["delete"] = 5,
        ["options"] = 6,
        ["head"] = 7,
        ["patch"] = 8,
    };

    /// <summary>Encodes a document of <see cref="OpenApiV2"/>.</summary>
    public static byte[] Encode(JsonObject document)
    {
        var writer = new ProtobufWriter();
        Nest(writer, 13, () => WritePairs(writer, 1, document.Map("securityDefinitions") ?? [], WriteApiKey));
        foreach (var requirement in document.Items("security").Reverse())
        {
            Nest(writer, 12, () => WritePairs(writer, 1, requirement, (_, _) => { }));
        }

        Nest(writer, 9, () => WritePairs(writer, 1, document.Map("definitions") ?? [], (w, node) => Write(w, (JsonObject)node!, Schema)));
        Nest(writer, 8, () => WritePairs(writer, 2, document.Map("paths") ?? [], (w, node) => WritePathItem(w, (JsonObject)node!)));
        Nest(writer, 2, () => Write(writer, document.Map("info") ?? [], Info));
        writer.WriteStringField(1, document.Text("swagger") ?? "");
        return writer.ToArray();
    }

    private static void WriteApiKey(ProtobufWriter writer, JsonNode? node) => Nest(writer, 2, () =>
    {
        var key = (JsonObject)node!;
        writer.WriteStringField(4, key.Text("description") ?? "");
        writer.WriteStringField(3, key.Text("in") ?? "");
        writer.WriteStringField(2, key.Text("name") ?? "");
        writer.WriteStringField(1, key.Text("type") ?? "");
    });

    private static void WritePathItem(ProtobufWriter writer, JsonObject item)
    {
        WriteParameters(writer, 9, item);
        foreach (var (method, number) in Methods.OrderByDescending(m => m.Value))
        {
            if (item.Map(method) is { } operation)
            {
                Nest(writer, number, () => WriteOperation(writer, operation));
            }
        }
    }

    private static void WriteOperation(ProtobufWriter writer, JsonObject operation)
    {
        WriteExtensions(writer, operation, Operation.Extensions);
        WriteFields(writer, operation, Operation, above: 9);
        // A response stands in a oneof (1) within its pair's value.
        Nest(writer, 9, () => WritePairs(writer, 1, operation.Map("responses") ?? [], (w, node) => Nest(w, 1, () => Write(w, (JsonObject)node!, Response))));
        WriteParameters(writer, 8, operation);
        WriteFields(writer, operation, Operation, above: 0, below: 8);
    }

    private static void WriteParameters(ProtobufWriter writer, int number, JsonObject holder)
    {
        foreach (var parameter in holder.Items("parameters").Reverse())
        {
            // ParametersItem.parameter = 1, then body_parameter = 1 or non_body_parameter = 2 of a kind each.
            Nest(writer, number, () => Nest(writer, 1, () =>
            {
                switch (parameter.Text("in"))
                {
                    case "body": Nest(writer, 1, () => Write(writer, parameter, BodyParameter)); break;
                    case "path": Nest(writer, 2, () => Nest(writer, 4, () => Write(writer, parameter, PathParameter))); break;
                    default: Nest(writer, 2, () => Nest(writer, 3, () => Write(writer, parameter, Parameter))); break;
                }
            }));
        }
    }

    private static void Write(ProtobufWriter writer, JsonObject obj, Message message)
    {
        WriteExtensions(writer, obj, message.Extensions);
        WriteFields(writer, obj, message, above: 0);
    }

    private static void WriteFields(ProtobufWriter writer, JsonObject obj, Message message, int above, int below = int.MaxValue)
    {
        foreach (var (name, field) in message.Fields.OrderByDescending(f => f.Value.Number))
        {
            if (field.Number > above && field.Number < below && obj[name] is { } node)
            {
                WriteField(writer, node, field);
            }
        }
    }

    private static void WriteField(ProtobufWriter writer, JsonNode node, Field field)
    {
        switch (field.Form)
        {
            case Form.Text:
                writer.WriteStringField(field.Number, node.GetValue<string>());
                break;
            case Form.Flag:
                writer.WriteVarintField(field.Number, node.GetValue<bool>() ? 1UL : 0);
                break;
            case Form.Number:
                writer.WriteDoubleField(field.Number, double.Parse(node.ToJsonString(), CultureInfo.InvariantCulture));
                break;
            case Form.Texts:
                foreach (var text in node.AsArray().Reverse())
                {
                    writer.WriteStringField(field.Number, text!.GetValue<string>());
                }

                break;
            case Form.Any:
                WriteAny(writer, field.Number, node);
                break;
            case Form.Anys:
                foreach (var item in node.AsArray().Reverse())
                {
                    WriteAny(writer, field.Number, item);
                }

                break;
            case Form.Messages:
                foreach (var item in node.AsArray().Reverse())
                {
                    Nest(writer, field.Number, () => Write(writer, (JsonObject)item!, field.Of!()));
                }

                break;
            case Form.Message:
                Nest(writer, field.Number, () => Write(writer, (JsonObject)node, field.Of!()));
                break;
            case Form.Named:
                Nest(writer, field.Number, () => WritePairs(writer, field.Inner, (JsonObject)node, (w, n) => Write(w, (JsonObject)n!, field.Of!())));
                break;
            case Form.Wrapped when node.GetValueKind() == JsonValueKind.String:
                Nest(writer, field.Number, () => writer.WriteStringField(field.Inner, node.GetValue<string>()));
                break;
            case Form.Wrapped:
                Nest(writer, field.Number, () => Nest(writer, field.Inner, () => Write(writer, (JsonObject)node, field.Of!())));
                break;
        }
    }

    /// <summary>A list of pairs {name = 1, value = 2}, in the order of the object.</summary>
    private static void WritePairs(ProtobufWriter writer, int number, JsonObject pairs, Action<ProtobufWriter, JsonNode?> value)
    {
        foreach (var (name, node) in pairs.Reverse())
        {
            Nest(writer, number, () =>
            {
                Nest(writer, 2, () => value(writer, node));
                writer.WriteStringField(1, name);
            });
        }
    }

    private static void WriteExtensions(ProtobufWriter writer, JsonObject obj, int number)
    {
        foreach (var (name, node) in obj.Where(p => p.Key.StartsWith("x-", StringComparison.Ordinal)).Reverse())
        {
            Nest(writer, number, () =>
            {
                WriteAny(writer, 2, node);
                writer.WriteStringField(1, name);
            });
        }
    }

    private static void WriteAny(ProtobufWriter writer, int number, JsonNode? node) =>
        Nest(writer, number, () => writer.WriteStringField(2, Encoding.UTF8.GetString(YamlTree.ToBytes(node))));

    private static void Nest(ProtobufWriter writer, int number, Action content)
    {
        var mark = writer.Length;
        content();
        writer.WriteMessagePrefix(number, mark);
    }
}
