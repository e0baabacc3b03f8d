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
    /// <summary>A longer key stands on a line of its own, as in Kubernetes' library: readers take 1,024 characters, and escapes make six of one.</summary>
    private const int MaxSimpleKeyLength = 128;

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
        var emitter = new Emitter(text, new EmitterSettings(2, int.MaxValue, false, MaxSimpleKeyLength, true));
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
        var style = !IsPrintable(text) ? ScalarStyle.DoubleQuoted
            : text.Contains('\n') ? ScalarStyle.Literal
            : ReadsAsText(text) ? ScalarStyle.Any
            : ScalarStyle.DoubleQuoted;
        emitter.Emit(new Scalar(null, null, text, style, true, true));
    }

    /// <summary>True for a text that is one without quotes too: neither a number, nor a merge key, nor another word with a meaning.</summary>
    private static bool ReadsAsText(string text)
    {
        try
        {
            return text.Length > 0 && text != "<<" && YamlScalar.Resolve(text) is JsonValue v && v.TryGetValue<string>(out _);
        }
        catch (DecodeException)
        {
            // A number that JSON does not have, such as .inf.
            return false;
        }
    }

    /// <summary>
    /// False for a text of which something could be lost without quotes and escapes: signs of anchors, aliases and tags, white space at its ends, controls, and
    /// what YAML takes for the end of a line.
    /// </summary>
    private static bool IsPrintable(string text)
    {
        foreach (var c in text)
        {
            // The first three are harmless within a word, but not every reader knows.
            if (c is '*' or '&' or '!' || (char.IsControl(c) && c is not ('\n' or '\t')) || c is '\u2028' or '\u2029' or '\ufeff' or '\ufffe' or '\uffff' || char.IsSurrogate(c))
            {
                return false;
            }
        }

        return text.Length == 0 || !(text[0] is ' ' or '\t' or '\n' || text[^1] is ' ' or '\t');
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
