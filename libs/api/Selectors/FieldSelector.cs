using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Kube.Api.Selectors;

/// <summary>One term of a field selector: a field equals, or does not equal, a value.</summary>
public sealed record FieldRequirement(string Field, bool IsEqual, string Value)
{
    public override string ToString() => Field + (IsEqual ? "=" : "!=") + FieldSelector.Escape(Value);
}

/// <summary>Selects objects by fields: all terms must hold. Immutable.</summary>
public sealed class FieldSelector
{
    private FieldSelector(IReadOnlyList<FieldRequirement> requirements) => Requirements = requirements;

    public static FieldSelector Everything { get; } = new([]);

    public IReadOnlyList<FieldRequirement> Requirements { get; }

    public bool IsEverything => Requirements.Count == 0;

    /// <summary>Reads "a=b,c!=d"; '\', ',' and '=' in values are escaped by '\'. An empty text selects everything.</summary>
    /// <exception cref="SelectorException">Not a field selector.</exception>
    public static FieldSelector Parse(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return Everything;
        }

        var requirements = new List<FieldRequirement>();
        foreach (var term in SplitTerms(text).Order(StringComparer.Ordinal).Where(t => t.Length > 0))
        {
            var at = term.IndexOf('=', StringComparison.Ordinal);
            var negated = at > 0 && term[at - 1] == '!';
            if (at < 0)
            {
                throw new SelectorException($"invalid selector: '{text}'; can't understand '{term}'");
            }

            var value = term[(at + 1)..];
            if (!negated && value.StartsWith('='))
            {
                value = value[1..];
            }

            requirements.Add(new FieldRequirement(term[..(negated ? at - 1 : at)], !negated, Unescape(value)));
        }

        return new FieldSelector(requirements);
    }

    private static List<string> SplitTerms(string text)
    {
        var terms = new List<string>();
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\')
            {
                i++;
            }
            else if (text[i] == ',')
            {
                terms.Add(text[start..i]);
                start = i + 1;
            }
        }

        terms.Add(text[start..]);
        return terms;
    }

    internal static string Escape(string value) => value
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace(",", "\\,", StringComparison.Ordinal)
        .Replace("=", "\\=", StringComparison.Ordinal);

    private static string Unescape(string value)
    {
        var result = new StringBuilder(value.Length);
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] == '\\')
            {
                i++;
                if (i == value.Length)
                {
                    throw new SelectorException("invalid field selector: invalid escape sequence: \\");
                }

                if (value[i] is not ('\\' or ',' or '='))
                {
                    throw new SelectorException($"invalid field selector: invalid escape sequence: \\{value[i]}");
                }
            }
            else if (value[i] is ',' or '=')
            {
                throw new SelectorException($"invalid field selector: unescaped character in value: {(int)value[i]}");
            }

            result.Append(value[i]);
        }

        return result.ToString();
    }

    /// <summary>The value that the selector demands of a field; null when it leaves it open.</summary>
    public string? RequiredValueOf(string field) =>
        Requirements.FirstOrDefault(r => r.IsEqual && r.Field == field)?.Value;

    /// <summary>True when every term holds of the values that <paramref name="valueOf"/> gives ("" for an absent field).</summary>
    public bool Matches(Func<string, string> valueOf)
    {
        foreach (var requirement in Requirements)
        {
            if (valueOf(requirement.Field) == requirement.Value != requirement.IsEqual)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>True when every term holds of the object's fields, found by their dotted names.</summary>
    public bool Matches(JsonObject obj) => Matches(field => Extract(obj, field));

    /// <summary>The field at a dotted path as text; "" when absent or not a scalar.</summary>
    public static string Extract(JsonObject obj, string field)
    {
        JsonNode? node = obj;
        foreach (var part in field.Split('.'))
        {
            node = (node as JsonObject)?[part];
        }

        return node is not JsonValue value ? "" : value.GetValueKind() switch
        {
            JsonValueKind.String => value.GetValue<string>(),
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            _ => Convert.ToString(value.ToString(), CultureInfo.InvariantCulture),
        };
    }

    public override string ToString() => string.Join(',', Requirements.Select(r => r.ToString()));
}
