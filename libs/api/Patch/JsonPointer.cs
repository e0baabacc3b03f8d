using System.Globalization;
using System.Text.Json.Nodes;
using Kube.Api.Serialization;

namespace Kube.Api.Patch;

/// <summary>A JSON pointer (RFC 6901), as JSON Patch uses it.</summary>
internal sealed class JsonPointer
{
    private readonly string _text;
    private readonly string[] _segments;

    private JsonPointer(string text, string[] segments)
    {
        _text = text;
        _segments = segments;
    }

    internal bool IsRoot => _segments.Length == 0;

    internal int Depth => _segments.Length;

    internal string Last => _segments[^1];

    internal static JsonPointer Parse(string text)
    {
        if (text.Length == 0)
        {
            return new JsonPointer(text, []);
        }

        if (text[0] != '/')
        {
            throw new PatchException($"invalid JSON pointer: {GoText.Quote(text)}", PatchFailure.Unprocessable);
        }

        var segments = text[1..].Split('/');
        for (var i = 0; i < segments.Length; i++)
        {
            segments[i] = segments[i].Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
        }

        return segments.Length > DecodeLimits.MaxDepth
            ? throw new PatchException("exceeded max depth", PatchFailure.Unprocessable)
            : new JsonPointer(text, segments);
    }

    internal bool IsProperPrefixOf(JsonPointer other) =>
        other._segments.Length > _segments.Length && other._segments.AsSpan(0, _segments.Length).SequenceEqual(_segments);

    /// <summary>The node that holds what the pointer points to; null when there is none.</summary>
    internal JsonNode? FindParent(JsonNode? root)
    {
        var node = root;
        foreach (var segment in _segments.AsSpan(0, _segments.Length - 1))
        {
            if (!TryStep(node, segment, out node))
            {
                return null;
            }
        }

        return node;
    }

    /// <summary>What the pointer points to; the value may be JSON's null.</summary>
    internal bool TryFind(JsonNode? root, out JsonNode? node)
    {
        node = root;
        foreach (var segment in _segments)
        {
            if (!TryStep(node, segment, out node))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryStep(JsonNode? from, string segment, out JsonNode? to)
    {
        to = null;
        switch (from)
        {
            case JsonObject obj:
                return obj.TryGetPropertyValue(segment, out to);
            case JsonArray list when TryIndex(segment, list.Count, list.Count - 1, out var index):
                to = list[index];
                return true;
            default:
                return false;
        }
    }

    /// <summary>Reads a list index; a negative one counts from the end, as Kubernetes' library allows.</summary>
    internal static bool TryIndex(string segment, int count, int last, out int index)
    {
        if (!int.TryParse(segment, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out index))
        {
            return false;
        }

        if (index < 0)
        {
            index += count;
        }

        return index >= 0 && index <= last;
    }

    public override string ToString() => _text;
}
