using System.Text;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Kube.Api.Serialization;

/// <summary>
/// YAML to JSON nodes and back, with the scalar rules of Kubernetes' YAML library (YAML 1.1 booleans and
/// octals, times stay text, merge keys). Anchors are expanded, to a bounded size.
/// </summary>
public static class YamlTree
{
    /// <summary>Reads the first document.</summary>
    /// <exception cref="DecodeException">Not YAML, or it has no JSON form, or it is too large once expanded.</exception>
    public static JsonNode? Parse(ReadOnlySpan<byte> yaml) => Parse(yaml, null);

    internal static JsonNode? Parse(ReadOnlySpan<byte> yaml, StrictErrors? strict)
    {
        string text;
        try
        {
            text = new UTF8Encoding(false, true).GetString(yaml);
        }
        catch (DecoderFallbackException e)
        {
            throw new DecodeException("error converting YAML to JSON: yaml: invalid UTF-8", e);
        }

        try
        {
            return new Reader(new Parser(new StringReader(text)), strict).ReadDocument();
        }
        catch (YamlException e)
        {
            throw new DecodeException($"error converting YAML to JSON: yaml: line {e.Start.Line}: {e.Message}", e);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or OverflowException or IndexOutOfRangeException)
        {
            // The scanner lets these escape on some malformed directives and escapes.
            throw new DecodeException("error converting YAML to JSON: yaml: " + e.Message, e);
        }
    }

    /// <summary>The node as block-style YAML, keys sorted as Kubernetes' library sorts them.</summary>
    public static byte[] ToBytes(JsonNode? node)
    {
        var text = new StringWriter();
        var emitter = new Emitter(text, new EmitterSettings(2, int.MaxValue, false, 1024, true));
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart(null, null, true));
        Write(emitter, node);
        emitter.Emit(new DocumentEnd(true));
        emitter.Emit(new StreamEnd());
        return Encoding.UTF8.GetBytes(text.ToString().ReplaceLineEndings("\n"));
    }

    private static void Write(Emitter emitter, JsonNode? node)
    {
        switch (node)
        {
            case JsonObject obj:
                emitter.Emit(new MappingStart(null, null, true, obj.Count == 0 ? MappingStyle.Flow : MappingStyle.Block));
                foreach (var (key, value) in obj.OrderBy(p => p.Key, StringComparer.Ordinal))
                {
                    WriteText(emitter, key);
                    Write(emitter, value);
                }

                emitter.Emit(new MappingEnd());
                break;
            case JsonArray list:
                emitter.Emit(new SequenceStart(null, null, true, list.Count == 0 ? SequenceStyle.Flow : SequenceStyle.Block));
                foreach (var item in list)
                {
                    Write(emitter, item);
                }

                emitter.Emit(new SequenceEnd());
                break;
            case JsonValue value when value.TryGetValue<string>(out var text):
                WriteText(emitter, text);
                break;
            default:
                emitter.Emit(new Scalar(null, null, node?.ToJsonString() ?? "null", ScalarStyle.Plain, true, false));
                break;
        }
    }

    private static void WriteText(Emitter emitter, string text)
    {
        var style = text.Contains('\n') ? ScalarStyle.Literal
            : YamlScalar.Resolve(text) is JsonValue v && v.TryGetValue<string>(out _) && text.Length > 0 ? ScalarStyle.Any
            : ScalarStyle.DoubleQuoted;
        emitter.Emit(new Scalar(null, null, text, style, true, true));
    }

    private sealed class Reader(Parser parser, StrictErrors? strict)
    {
        private readonly Dictionary<string, (JsonNode? Node, int Size)> _anchors = new(StringComparer.Ordinal);
        private int _nodes;

        internal JsonNode? ReadDocument()
        {
            parser.Consume<StreamStart>();
            if (!parser.TryConsume<DocumentStart>(out _))
            {
                return null;
            }

            return ReadNode("", 0);
        }

        private JsonNode? ReadNode(string path, int depth)
        {
            if (depth > DecodeLimits.MaxDepth)
            {
                throw new DecodeException("error converting YAML to JSON: exceeded max depth");
            }

            if (parser.TryConsume<AnchorAlias>(out var alias))
            {
                if (!_anchors.TryGetValue(alias.Value.Value, out var anchored))
                {
                    throw new DecodeException($"error converting YAML to JSON: yaml: unknown anchor '{alias.Value.Value}' referenced");
                }

                Count(anchored.Size);
                return anchored.Node?.DeepClone();
            }

            var before = _nodes;
            Count(1);
            if (parser.TryConsume<Scalar>(out var scalar))
            {
                return Remember(scalar.Anchor, ToNode(scalar), before);
            }

            if (parser.TryConsume<SequenceStart>(out var sequence))
            {
                var list = new JsonArray();
                while (!parser.TryConsume<SequenceEnd>(out _))
                {
                    list.Add(ReadNode(strict is null ? "" : $"{path}[{list.Count}]", depth + 1));
                }

                return Remember(sequence.Anchor, list, before);
            }

            var start = parser.Consume<MappingStart>();
            return Remember(start.Anchor, ReadMapping(path, depth), before);
        }

        private JsonObject ReadMapping(string path, int depth)
        {
            var result = new JsonObject();
            var own = new HashSet<string>(StringComparer.Ordinal);
            JsonNode? merged = null;
            while (!parser.TryConsume<MappingEnd>(out _))
            {
                if (!parser.Accept<Scalar>(out var keyEvent))
                {
                    throw new DecodeException("error converting YAML to JSON: yaml: a map key must be a scalar");
                }

                parser.MoveNext();
                Count(1);
                var key = keyEvent.Value;
                var below = strict is null ? "" : path.Length == 0 ? key : path + "." + key;
                var value = ReadNode(below, depth + 1);
                if (key == "<<" && keyEvent.Style == ScalarStyle.Plain)
                {
                    merged = value;
                }
                else
                {
                    if (!own.Add(key))
                    {
                        strict?.Duplicate(below);
                    }

                    result[key] = value;
                }
            }

            Merge(result, merged);
            return result;
        }

        private static void Merge(JsonObject into, JsonNode? merged)
        {
            switch (merged)
            {
                case JsonObject obj:
                    foreach (var (key, value) in obj)
                    {
                        into.TryAdd(key, value?.DeepClone());
                    }

                    break;
                case JsonArray list:
                    foreach (var item in list)
                    {
                        Merge(into, item as JsonObject ?? throw MergeError());
                    }

                    break;
                case JsonValue:
                    throw MergeError();
            }
        }

        private static DecodeException MergeError() =>
            new("error converting YAML to JSON: yaml: map merge requires map or sequence of maps as the value");

        private JsonNode? Remember(AnchorName anchor, JsonNode? node, int before)
        {
            if (!anchor.IsEmpty)
            {
                _anchors[anchor.Value] = (node?.DeepClone(), _nodes - before);
            }

            return node;
        }

        private void Count(int nodes)
        {
            _nodes += nodes;
            if (_nodes > DecodeLimits.MaxYamlNodes)
            {
                throw new DecodeException("error converting YAML to JSON: yaml: document contains excessive aliasing");
            }
        }

        private static JsonNode? ToNode(Scalar scalar)
        {
            var tag = scalar.Tag.IsEmpty ? "" : scalar.Tag.Value;
            if (tag is "tag:yaml.org,2002:str" or "!" || (scalar.Style != ScalarStyle.Plain && tag is "" or "?"))
            {
                return JsonValue.Create(scalar.Value);
            }

            return tag == "tag:yaml.org,2002:binary" ? JsonValue.Create(scalar.Value) : YamlScalar.Resolve(scalar.Value);
        }
    }
}
