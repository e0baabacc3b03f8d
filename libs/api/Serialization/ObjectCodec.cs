using System.Text.Json.Nodes;
using Kube.Api.Schema;

namespace Kube.Api.Serialization;

/// <summary>An object read from a body.</summary>
/// <param name="Object">The object, canonical, with apiVersion and kind set.</param>
/// <param name="ApiVersion">What it calls itself, or the default.</param>
/// <param name="Kind">What it calls itself, or the default.</param>
/// <param name="Schema">The schema it was read by.</param>
/// <param name="Warnings">One text per unknown or duplicate field, when warnings were asked for.</param>
public sealed record DecodedObject(JsonObject Object, string ApiVersion, string Kind, ObjectSchema Schema, IReadOnlyList<string> Warnings);

/// <summary>Bodies to objects and back, in every format. Pure; safe for any number of threads.</summary>
public static class ObjectCodec
{
    /// <summary>Decodes a body.</summary>
    /// <param name="body">At most <see cref="DecodeLimits.MaxBodySizeBytes"/>.</param>
    /// <param name="format">The body's format.</param>
    /// <param name="defaults">Stands in for a missing apiVersion or kind; null when both must be there.</param>
    /// <param name="findSchema">The schema of (apiVersion, kind); null when unknown.</param>
    /// <param name="validation">What becomes of unknown and duplicate fields.</param>
    /// <exception cref="DecodeException">Anything wrong with the body.</exception>
    public static DecodedObject Decode(
        ReadOnlyMemory<byte> body,
        WireFormat format,
        GroupVersionKind? defaults,
        Func<string, string, ObjectSchema?> findSchema,
        FieldValidation validation)
    {
        if (body.Length > DecodeLimits.MaxBodySizeBytes)
        {
            throw new DecodeException($"Request body is too large: limit is {DecodeLimits.MaxBodySizeBytes}");
        }

        var strict = new StrictErrors();
        if (format == WireFormat.Protobuf)
        {
            return DecodeProtobuf(body.Span, defaults, findSchema);
        }

        var node = ParseTree(body.Span, format, strict);
        if (node is not JsonObject obj)
        {
            throw new DecodeException($"couldn't get version/kind; json parse error: json: cannot unmarshal {JsonTree.NameOf(node)} into Go value of type struct {{ APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; Kind string \"json:\\\"kind,omitempty\\\"\" }}");
        }

        var apiVersion = TypeMeta(obj, "apiVersion", defaults?.ApiVersion);
        var kind = TypeMeta(obj, "kind", defaults?.Kind);
        return Finish(obj, apiVersion, kind, findSchema, strict, validation);
    }

    private static JsonNode? ParseTree(ReadOnlySpan<byte> body, WireFormat format, StrictErrors strict)
    {
        if (format == WireFormat.Yaml)
        {
            return YamlTree.Parse(body, strict);
        }

        try
        {
            return JsonTree.Parse(body, strict);
        }
        catch (DecodeException e)
        {
            throw new DecodeException("couldn't get version/kind; json parse error: " + e.Message, e);
        }
    }

    private static string TypeMeta(JsonObject obj, string name, string? fallback)
    {
        var node = obj[name];
        if (node is null)
        {
            return fallback ?? "";
        }

        return node is JsonValue value && value.TryGetValue<string>(out var text)
            ? text.Length > 0 ? text : fallback ?? ""
            : throw new DecodeException($"couldn't get version/kind; json parse error: json: cannot unmarshal {JsonTree.NameOf(node)} into Go struct field .{name} of type string");
    }

    private static DecodedObject DecodeProtobuf(ReadOnlySpan<byte> body, GroupVersionKind? defaults, Func<string, string, ObjectSchema?> findSchema)
    {
        var (apiVersion, kind) = ProtobufEnvelope.Open(body, out var raw);
        apiVersion = apiVersion.Length > 0 ? apiVersion : defaults?.ApiVersion ?? "";
        kind = kind.Length > 0 ? kind : defaults?.Kind ?? "";
        var schema = SchemaOf(apiVersion, kind, findSchema);
        try
        {
            var obj = new JsonObject { ["apiVersion"] = apiVersion, ["kind"] = kind };
            foreach (var (name, value) in ProtobufDecoder.Decode(raw, schema).ToList())
            {
                value?.Parent?.AsObject().Remove(name);
                obj[name] = value;
            }

            // Unknown protobuf fields are skipped in silence, as generated code does.
            SchemaCheck.Apply(obj, schema, FieldValidation.Ignore);
            return new DecodedObject(obj, apiVersion, kind, schema, []);
        }
        catch (DecodeException e)
        {
            throw e.With(apiVersion, kind);
        }
    }

    private static DecodedObject Finish(
        JsonObject obj, string apiVersion, string kind, Func<string, string, ObjectSchema?> findSchema, StrictErrors strict, FieldValidation validation)
    {
        var schema = SchemaOf(apiVersion, kind, findSchema);
        obj["apiVersion"] = apiVersion;
        obj["kind"] = kind;
        try
        {
            SchemaCheck.Apply(obj, schema, strict);
            return new DecodedObject(obj, apiVersion, kind, schema, strict.Conclude(validation));
        }
        catch (DecodeException e)
        {
            throw e.With(apiVersion, kind);
        }
    }

    private static ObjectSchema SchemaOf(string apiVersion, string kind, Func<string, string, ObjectSchema?> findSchema)
    {
        if (kind.Length == 0)
        {
            throw new DecodeException("Object 'Kind' is missing in the body");
        }

        if (apiVersion.Length == 0)
        {
            throw new DecodeException("Object 'apiVersion' is missing in the body") { Kind = kind };
        }

        return findSchema(apiVersion, kind)
            ?? throw new DecodeException($"no kind {GoText.Quote(kind)} is registered for version {GoText.Quote(apiVersion)} in scheme \"pkg/api/legacyscheme/scheme.go:30\"")
            { ApiVersion = apiVersion, Kind = kind };
    }

    /// <summary>Encodes an object that its schema's <see cref="SchemaCheck"/> has passed.</summary>
    /// <param name="obj">The object, with apiVersion and kind.</param>
    /// <param name="format">The format to write.</param>
    /// <param name="schema">Needed for protobuf alone.</param>
    public static byte[] Encode(JsonObject obj, WireFormat format, ObjectSchema? schema) => format switch
    {
        WireFormat.Json => JsonTree.ToBytes(obj),
        WireFormat.Yaml => YamlTree.ToBytes(obj),
        _ => ProtobufEnvelope.Seal(obj, schema ?? throw new ArgumentNullException(nameof(schema), "protobuf needs a schema")),
    };

    /// <summary>
    /// One watch event as the stream carries it: a line of JSON, a YAML document, or a protobuf frame behind
    /// its length in four bytes, big endian.
    /// </summary>
    public static byte[] EncodeWatchEvent(string type, JsonObject obj, WireFormat format, ObjectSchema? schema)
    {
        if (format == WireFormat.Protobuf)
        {
            return FrameWatchEvent(type, Encode(obj, format, schema));
        }

        var buffer = new System.Buffers.ArrayBufferWriter<byte>(1024);
        if (format == WireFormat.Yaml)
        {
            var document = new JsonObject { ["type"] = type, ["object"] = obj.DeepClone() };
            System.Buffers.BuffersExtensions.Write(buffer, "---\n"u8);
            System.Buffers.BuffersExtensions.Write(buffer, YamlTree.ToBytes(document));
            return buffer.WrittenSpan.ToArray();
        }

        System.Buffers.BuffersExtensions.Write(buffer, System.Text.Encoding.UTF8.GetBytes($"{{\"type\":\"{type}\",\"object\":"));
        JsonTree.WriteTo(buffer, obj);
        System.Buffers.BuffersExtensions.Write(buffer, "}\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>A protobuf watch frame around an object that is already encoded, envelope included.</summary>
    public static byte[] FrameWatchEvent(string type, ReadOnlySpan<byte> encodedObject)
    {
        var writer = new ProtobufWriter();
        var mark = writer.Length;
        writer.WriteBytesField(1, encodedObject);
        writer.WriteMessagePrefix(2, mark);
        writer.WriteStringField(1, type);
        Span<byte> length = stackalloc byte[4];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(length, (uint)writer.Length);
        writer.WriteRaw(length);
        return writer.ToArray();
    }
}
