using System.Globalization;
using System.Text;

namespace Kube.Api.Serialization;

/// <summary>Texts in the form that Go prints them, where Kubernetes' messages show them.</summary>
internal static class GoText
{
    /// <summary>A string in double quotes, escaped as Go's %q does.</summary>
    internal static string Quote(string text)
    {
        var result = new StringBuilder(text.Length + 2).Append('"');
        foreach (var rune in text.EnumerateRunes())
        {
            switch (rune.Value)
            {
                case '"': result.Append("\\\""); break;
                case '\\': result.Append("\\\\"); break;
                case '\n': result.Append("\\n"); break;
                case '\r': result.Append("\\r"); break;
                case '\t': result.Append("\\t"); break;
                case '\a': result.Append("\\a"); break;
                case '\b': result.Append("\\b"); break;
                case '\f': result.Append("\\f"); break;
                case '\v': result.Append("\\v"); break;
                case < 0x20 or 0x7f: result.Append(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}"); break;
                default:
                    if (IsPrintable(rune))
                    {
                        result.Append(rune.ToString());
                    }
                    else
                    {
                        result.Append(CultureInfo.InvariantCulture, $"{(rune.Value < 0x10000 ? "\\u" : "\\U")}{rune.Value.ToString(rune.Value < 0x10000 ? "x4" : "x8", CultureInfo.InvariantCulture)}");
                    }

                    break;
            }
        }

        return result.Append('"').ToString();
    }

    private static bool IsPrintable(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator);
}
