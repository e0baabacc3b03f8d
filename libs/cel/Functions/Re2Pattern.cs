using System.Globalization;
using System.Text;

namespace Kube.Cel.Functions;

/// <summary>
/// Writes a regular expression of RE2's syntax in .NET's: classes are ASCII, $ is the end of the text, groups are named
/// (?P&lt;n&gt;), and what RE2 does not know, such as looking around, is refused. Pure.
/// </summary>
internal static class Re2Pattern
{
    /// <summary>RE2 repeats nothing more often than this.</summary>
    private const int MaxRepeat = 1_000;

    private const int MaxLength = 10_000;

    private static readonly Dictionary<string, string> NamedClasses = new(StringComparer.Ordinal)
    {
        ["alnum"] = "0-9A-Za-z",
        ["alpha"] = "A-Za-z",
        ["ascii"] = "\\x00-\\x7F",
        ["blank"] = "\\t ",
        ["cntrl"] = "\\x00-\\x1F\\x7F",
        ["digit"] = "0-9",
        ["graph"] = "!-~",
        ["lower"] = "a-z",
        ["print"] = " -~",
        ["punct"] = "!-/:-@\\[-`{-~",
        ["space"] = "\\t\\n\\v\\f\\r ",
        ["upper"] = "A-Z",
        ["word"] = "0-9A-Za-z_",
        ["xdigit"] = "0-9A-Fa-f",
    };

    /// <summary>The expression in .NET's syntax; null when RE2 would refuse it.</summary>
    public static string? Translate(string pattern)
    {
        if (pattern.Length > MaxLength)
        {
            return null;
        }

        var output = new StringBuilder();
        var flags = new Stack<bool>();
        var multiline = false;
        for (var i = 0; i < pattern.Length;)
        {
            switch (pattern[i])
            {
                case '\\':
                    if (!Escape(pattern, ref i, output, inClass: false))
                    {
                        return null;
                    }

                    break;
                case '[':
                    if (!Class(pattern, ref i, output))
                    {
                        return null;
                    }

                    break;
                case '(':
                    flags.Push(multiline);
                    if (!Group(pattern, ref i, output, ref multiline, flags))
                    {
                        return null;
                    }

                    break;
                case ')':
                    if (!flags.TryPop(out multiline))
                    {
                        return null;
                    }

                    output.Append(')');
                    i++;
                    break;
                case '$':
                    output.Append(multiline ? "$" : "\\z");
                    i++;
                    break;
                case '{' when Repeat(pattern, i) is { } repeat:
                    if (repeat.Max > MaxRepeat)
                    {
                        return null;
                    }

                    output.Append(pattern, i, repeat.Length);
                    i += repeat.Length;
                    break;
                case '{':
                    output.Append("\\{");
                    i++;
                    break;
                default:
                    output.Append(pattern[i] is '#' or ' ' ? "\\" + pattern[i] : pattern[i]);
                    i++;
                    break;
            }
        }

        return flags.Count == 0 ? output.ToString() : null;
    }

    /// <summary>The opening of a group. Flags without a group hold to the end of the one around.</summary>
    private static bool Group(string pattern, ref int i, StringBuilder output, ref bool multiline, Stack<bool> flags)
    {
        if (i + 1 >= pattern.Length || pattern[i + 1] != '?')
        {
            output.Append('(');
            i++;
            return true;
        }

        var rest = pattern.AsSpan(i + 2);
        var name = rest.StartsWith("P<") ? 2 : rest.StartsWith("<") && rest.Length > 1 && rest[1] is not ('=' or '!') ? 1 : 0;
        if (name > 0)
        {
            var end = rest.IndexOf('>');
            if (end < 0 || rest[name..end].IsEmpty || rest[name..end].ContainsAnyExcept(WordChars))
            {
                return false;
            }

            output.Append("(?<n").Append(rest[name..end]).Append('>');
            i += 2 + end + 1;
            return true;
        }

        var length = rest.IndexOfAny(':', ')');
        if (length < 0)
        {
            return false;
        }

        var on = true;
        var shown = new StringBuilder();
        foreach (var flag in rest[..length])
        {
            switch (flag)
            {
                case '-' when on:
                    on = false;
                    shown.Append('-');
                    break;
                case 'm':
                    multiline = on;
                    shown.Append('m');
                    break;
                case 'i' or 's':
                    shown.Append(flag);
                    break;
                default:
                    return false;
            }
        }

        var isGroup = rest[length] == ':';
        if (!isGroup)
        {
            flags.Pop();
        }

        output.Append("(?").Append(shown).Append(isGroup ? ':' : ')');
        i += 2 + length + 1;
        return true;
    }

    private static readonly System.Buffers.SearchValues<char> WordChars =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");

    private static (int Length, int Max)? Repeat(string pattern, int at)
    {
        var end = pattern.IndexOf('}', at);
        if (end < 0)
        {
            return null;
        }

        var parts = pattern[(at + 1)..end].Split(',');
        if (parts.Length > 2 || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var min))
        {
            return null;
        }

        var max = min;
        if (parts.Length == 2 && parts[1].Length > 0 && !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out max))
        {
            return null;
        }

        return (end - at + 1, Math.Max(min, max));
    }

    private static bool Escape(string pattern, ref int i, StringBuilder output, bool inClass)
    {
        if (i + 1 >= pattern.Length)
        {
            return false;
        }

        var c = pattern[i + 1];
        switch (c)
        {
            case 'd' or 'w' or 's':
                output.Append(inClass ? Perl(c) : $"[{Perl(c)}]");
                break;
            case 'D' or 'W' or 'S':
                if (inClass)
                {
                    // All of a class but some cannot be said inside another in .NET.
                    output.Append(c switch { 'D' => "\\x00-/:-\\uFFFF", 'W' => "\\x00-/:-@\\[-^`{-\\uFFFF", _ => "\\x00-\\x08\\x0B\\x0E-\\x1F!-\\uFFFF" });
                }
                else
                {
                    output.Append("[^").Append(Perl(char.ToLowerInvariant(c))).Append(']');
                }

                break;
            case 'p' or 'P':
                return Unicode(pattern, ref i, output);
            case 'x':
                return Hex(pattern, ref i, output);
            case 'Q':
                var end = pattern.IndexOf("\\E", i, StringComparison.Ordinal);
                var literal = pattern[(i + 2)..(end < 0 ? pattern.Length : end)];
                output.Append(System.Text.RegularExpressions.Regex.Escape(literal));
                i = end < 0 ? pattern.Length : end + 2;
                return true;
            case 'A' or 'z' or 'b' or 'B' when !inClass:
            case 'a' or 'f' or 'n' or 'r' or 't' or 'v':
                output.Append('\\').Append(c);
                break;
            default:
                if (c < 0x80 && !char.IsAsciiLetterOrDigit(c))
                {
                    output.Append(c is '_' or '<' or '>' or '"' or '\'' or '%' or '&' or ',' or ':' or ';' or '=' or '@' or '`' or '~' or '!' or '/' ? c.ToString() : "\\" + c);
                    break;
                }

                if (c is >= '0' and <= '7')
                {
                    return Octal(pattern, ref i, output);
                }

                return false;
        }

        i += 2;
        return true;
    }

    private static string Perl(char c) => c switch
    {
        'd' => "0-9",
        'w' => "0-9A-Za-z_",
        _ => "\\t\\n\\f\\r ",
    };

    private static bool Unicode(string pattern, ref int i, StringBuilder output)
    {
        if (i + 2 >= pattern.Length)
        {
            return false;
        }

        var letter = pattern[i + 1];
        var end = pattern[i + 2] == '{' ? pattern.IndexOf('}', i) : i + 2;
        if (end < 0)
        {
            return false;
        }

        var name = pattern[i + 2] == '{' ? pattern[(i + 3)..end] : pattern[(i + 2)..(end + 1)];
        if (name.StartsWith('^'))
        {
            letter = letter == 'p' ? 'P' : 'p';
            name = name[1..];
        }

        var block = name switch { "Greek" => "IsGreek", "Cyrillic" => "IsCyrillic", "Hebrew" => "IsHebrew", "Arabic" => "IsArabic", "Latin" or "Han" => null, _ => name };
        if (block is null || name.AsSpan().ContainsAnyExcept(WordChars))
        {
            return false;
        }

        output.Append('\\').Append(letter).Append('{').Append(block).Append('}');
        i = end + 1;
        return true;
    }

    private static bool Hex(string pattern, ref int i, StringBuilder output)
    {
        var braces = i + 2 < pattern.Length && pattern[i + 2] == '{';
        var start = braces ? i + 3 : i + 2;
        var end = braces ? pattern.IndexOf('}', i) : i + 4;
        if (end < 0 || end > pattern.Length || !int.TryParse(pattern.AsSpan(start, end - start), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) || code is < 0 or > 0xFFFF)
        {
            return false;
        }

        output.Append(CultureInfo.InvariantCulture, $"\\u{code:X4}");
        i = braces ? end + 1 : end;
        return true;
    }

    private static bool Octal(string pattern, ref int i, StringBuilder output)
    {
        var end = i + 1;
        var value = 0;
        while (end < pattern.Length && end < i + 4 && pattern[end] is >= '0' and <= '7')
        {
            value = (value * 8) + (pattern[end++] - '0');
        }

        if (end == i + 2 && value != 0)
        {
            // A single digit would refer back to a group, which RE2 does not do.
            return false;
        }

        output.Append(CultureInfo.InvariantCulture, $"\\u{value:X4}");
        i = end;
        return true;
    }

    private static bool Class(string pattern, ref int i, StringBuilder output)
    {
        output.Append('[');
        i++;
        if (i < pattern.Length && pattern[i] == '^')
        {
            output.Append('^');
            i++;
        }

        for (var first = true; i < pattern.Length; first = false)
        {
            var c = pattern[i];
            if (c == ']' && !first)
            {
                output.Append(']');
                i++;
                return true;
            }

            if (c == '[' && i + 1 < pattern.Length && pattern[i + 1] == ':' && pattern.IndexOf(":]", i, StringComparison.Ordinal) is > 0 and var end)
            {
                var name = pattern[(i + 2)..end];
                if (!NamedClasses.TryGetValue(name, out var set))
                {
                    return false;
                }

                output.Append(set);
                i = end + 2;
            }
            else if (c == '\\')
            {
                if (!Escape(pattern, ref i, output, inClass: true))
                {
                    return false;
                }
            }
            else
            {
                output.Append(c is '[' or ']' ? "\\" + c : c);
                i++;
            }
        }

        return false;
    }
}
