using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Kube.Api.Serialization;

/// <summary>What a plain YAML scalar means: null, boolean, number or text.</summary>
internal static partial class YamlScalar
{
    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$")]
    private static partial Regex Float();

    [GeneratedRegex(@"^(?<sign>[-+]?)(0b(?<bin>[01]+)|0x(?<hex>[0-9a-fA-F]+)|0o?(?<oct>[0-7]+)|(?<dec>0|[1-9][0-9]*))$")]
    private static partial Regex Integer();

    internal static JsonNode? Resolve(string text)
    {
        switch (text)
        {
            case "" or "~" or "null" or "Null" or "NULL":
                return null;
            case "y" or "Y" or "yes" or "Yes" or "YES" or "true" or "True" or "TRUE" or "on" or "On" or "ON":
                return JsonValue.Create(true);
            case "n" or "N" or "no" or "No" or "NO" or "false" or "False" or "FALSE" or "off" or "Off" or "OFF":
                return JsonValue.Create(false);
            case ".inf" or ".Inf" or ".INF" or "+.inf" or "+.Inf" or "+.INF" or "-.inf" or "-.Inf" or "-.INF" or ".nan" or ".NaN" or ".NAN":
                throw new DecodeException("error converting YAML to JSON: json: unsupported value: " + text);
        }

        if (!char.IsAsciiDigit(text[0]) && text[0] is not ('-' or '+' or '.'))
        {
            return JsonValue.Create(text);
        }

        var plain = text.Replace("_", "", StringComparison.Ordinal);
        if (plain.Length <= 128 && Integer().Match(plain) is { Success: true } match && ToInteger(match) is { } integer)
        {
            return integer;
        }

        if (plain.Length <= 128 && Float().IsMatch(plain) && double.TryParse(plain, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
        {
            return JsonTree.Number(number);
        }

        return JsonValue.Create(text);
    }

    private static JsonNode? ToInteger(Match match)
    {
        var value = BigInteger.Zero;
        var (digits, radix) = match.Groups["bin"].Success ? (match.Groups["bin"].Value, 2)
            : match.Groups["hex"].Success ? (match.Groups["hex"].Value, 16)
            : match.Groups["oct"].Success ? (match.Groups["oct"].Value, 8)
            : (match.Groups["dec"].Value, 10);
        foreach (var c in digits)
        {
            value = (value * radix) + Convert.ToInt32(c.ToString(), 16);
        }

        if (match.Groups["sign"].Value == "-")
        {
            value = -value;
        }

        // Beyond 64 bits Go falls back to a float.
        return value >= long.MinValue && value <= ulong.MaxValue
            ? JsonValue.Create(JsonElement.Parse(value.ToString(CultureInfo.InvariantCulture)))
            : null;
    }
}
