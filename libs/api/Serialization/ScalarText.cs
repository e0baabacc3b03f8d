using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;

namespace Kube.Api.Serialization;

/// <summary>Checks scalars that JSON writes as text, and gives them their canonical form.</summary>
internal static class ScalarText
{
    private const int MaxQuantityLength = 256;

    private const string QuantityError = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

    internal static JsonNode Quantity(JsonNode node)
    {
        var text = node.GetValue<string>();
        if (text.Length > MaxQuantityLength || !Values.Quantity.TryParse(text, out var quantity))
        {
            throw new DecodeException(QuantityError);
        }

        return Same(node, text, quantity.ToString());
    }

    internal static JsonNode Bytes(JsonNode node)
    {
        var text = node.GetValue<string>();
        if (text.AsSpan().ContainsAny('\r', '\n'))
        {
            text = text.Replace("\r", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal);
            node = JsonValue.Create(text);
        }

        if (text.AsSpan().ContainsAny(' ', '\t') || !Base64.IsValid(text))
        {
            throw new DecodeException($"illegal base64 data at input byte {FirstBadByte(text)}");
        }

        return node;
    }

    private static int FirstBadByte(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsAsciiLetterOrDigit(text[i]) && text[i] is not ('+' or '/' or '='))
            {
                return i;
            }
        }

        var padding = text.IndexOf('=', StringComparison.Ordinal);
        return padding >= 0 ? padding : text.Length / 4 * 4;
    }

    internal static JsonNode Time(JsonNode node)
    {
        var text = node.GetValue<string>();
        if (!GoTime.TryParse(text, out var time))
        {
            throw new DecodeException(GoTime.ParseError(text));
        }

        return Same(node, text, GoTime.FormatTime(time));
    }

    internal static JsonNode MicroTime(JsonNode node)
    {
        var text = node.GetValue<string>();
        if (!GoTime.TryParse(text, out var time))
        {
            throw new DecodeException(GoTime.ParseError(text));
        }

        return Same(node, text, GoTime.FormatMicroTime(time));
    }

    internal static JsonNode Duration(JsonNode node)
    {
        var text = node.GetValue<string>();
        if (!GoTime.TryParseDuration(text, out var nanoseconds))
        {
            throw new DecodeException($"time: invalid duration {GoText.Quote(text)}");
        }

        return Same(node, text, GoTime.FormatDuration(nanoseconds));
    }

    /// <summary>Decodes base64 that <see cref="Bytes"/> let through.</summary>
    internal static byte[] FromBase64(string text)
    {
        try
        {
            return Convert.FromBase64String(text);
        }
        catch (FormatException e)
        {
            throw new DecodeException($"illegal base64 data at input byte {FirstBadByte(text)}", e);
        }
    }

    /// <summary>UTF-8 to text; what is not UTF-8 is refused.</summary>
    internal static string FromUtf8(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            throw new DecodeException("string field contains invalid UTF-8", e);
        }
    }

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private static JsonNode Same(JsonNode node, string text, string canonical) =>
        text == canonical ? node : JsonValue.Create(canonical);
}
