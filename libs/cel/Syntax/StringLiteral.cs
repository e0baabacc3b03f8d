using System.Globalization;
using System.Text;

namespace Kube.Cel.Syntax;

/// <summary>What a string or bytes token means. Pure.</summary>
internal static class StringLiteral
{
    /// <summary>The text of a string token; null when an escape is none.</summary>
    public static string? Text(string token)
    {
        var (body, raw) = Strip(token);
        if (raw || !body.Contains('\\', StringComparison.Ordinal))
        {
            return body;
        }

        var text = new StringBuilder();
        return Unescape(body, rune => text.Append(rune.ToString()), value => Rune.TryCreate(value, out var rune) && text.Append(rune.ToString()) is not null) ? text.ToString() : null;
    }

    /// <summary>The bytes of a bytes token; null when an escape is none.</summary>
    public static byte[]? Bytes(string token)
    {
        var (body, raw) = Strip(token);
        if (raw || !body.Contains('\\', StringComparison.Ordinal))
        {
            return Encoding.UTF8.GetBytes(body);
        }

        var bytes = new List<byte>();
        return Unescape(body, rune => bytes.AddRange(Encoding.UTF8.GetBytes(rune.ToString())), value =>
        {
            if (value > 255)
            {
                return false;
            }

            bytes.Add((byte)value);
            return true;
        }, isBytes: true) ? [.. bytes] : null;
    }

    private static (string Body, bool Raw) Strip(string token)
    {
        var prefix = token.IndexOfAny(['"', '\'']);
        var raw = token.AsSpan(0, prefix).ContainsAny('r', 'R');
        var quote = token[prefix];
        var triple = token.Length >= prefix + 6 && token[prefix + 1] == quote && token[prefix + 2] == quote;
        var width = triple ? 3 : 1;
        return (token[(prefix + width)..^width].Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n'), raw);
    }

    /// <param name="code">Takes the number of a numeric escape; false when it is out of range.</param>
    private static bool Unescape(string body, Action<Rune> plain, Func<int, bool> code, bool isBytes = false)
    {
        for (var i = 0; i < body.Length;)
        {
            if (body[i] != '\\')
            {
                if (!Rune.TryGetRuneAt(body, i, out var rune))
                {
                    rune = Rune.ReplacementChar;
                }

                plain(rune);
                i += rune == Rune.ReplacementChar && !char.IsSurrogatePair(body, i) ? 1 : rune.Utf16SequenceLength;
                continue;
            }

            if (i + 1 >= body.Length)
            {
                return false;
            }

            var c = body[i + 1];
            i += 2;
            if (Simple(c) is { } simple)
            {
                plain(new Rune(simple));
                continue;
            }

            var (digits, radix) = c switch
            {
                'x' or 'X' => (2, 16),
                'u' when !isBytes => (4, 16),
                'U' when !isBytes => (8, 16),
                >= '0' and <= '3' => (3, 8),
                _ => (0, 0),
            };
            i -= radix == 8 ? 1 : 0;
            if (digits == 0 || i + digits > body.Length || Number(body.AsSpan(i, digits), radix) is not { } value || !code(value))
            {
                return false;
            }

            i += digits;
        }

        return true;
    }

    private static char? Simple(char c) => c switch
    {
        'a' => '\a',
        'b' => '\b',
        'f' => '\f',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\v',
        '\\' or '\'' or '"' or '`' or '?' => c,
        _ => null,
    };

    private static int? Number(ReadOnlySpan<char> digits, int radix)
    {
        if (radix == 16)
        {
            return int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex) ? hex : null;
        }

        var value = 0;
        foreach (var digit in digits)
        {
            if (digit is < '0' or > '7')
            {
                return null;
            }

            value = (value * 8) + (digit - '0');
        }

        return value;
    }
}
