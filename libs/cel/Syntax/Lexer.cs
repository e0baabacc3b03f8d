namespace Kube.Cel.Syntax;

/// <summary>Cuts an expression into tokens. What is no token is an issue and left out.</summary>
internal sealed class Lexer
{
    private static readonly string[] Symbols = ["==", "!=", "<=", ">=", "&&", "||", "[", "]", "{", "}", "(", ")", ".", ",", "-", "!", "?", ":", "+", "*", "/", "%", "<", ">"];

    private readonly string _source;
    private readonly List<CelIssue> _issues;
    private int _index;
    private int _codePoint;

    private Lexer(string source, List<CelIssue> issues)
    {
        _source = source;
        _issues = issues;
    }

    /// <summary>The tokens, the last of which is <see cref="TokenKind.End"/>.</summary>
    public static List<Token> Read(string source, List<CelIssue> issues)
    {
        var lexer = new Lexer(source, issues);
        var tokens = new List<Token>();
        while (lexer.Next() is { } token)
        {
            tokens.Add(token);
        }

        tokens.Add(new Token(TokenKind.End, "<EOF>", lexer._codePoint));
        return tokens;
    }

    private char Current => _index < _source.Length ? _source[_index] : '\0';

    private char Ahead(int count) => _index + count < _source.Length ? _source[_index + count] : '\0';

    private Token? Next()
    {
        while (true)
        {
            SkipSpace();
            if (_index >= _source.Length)
            {
                return null;
            }

            var c = Current;
            if (StringPrefix() is { } prefix)
            {
                if (ReadString(prefix) is { } text)
                {
                    return text;
                }
            }
            else if (char.IsAsciiLetter(c) || c == '_')
            {
                return Word();
            }
            else if (char.IsAsciiDigit(c) || (c == '.' && char.IsAsciiDigit(Ahead(1))))
            {
                return Number();
            }
            else if (Array.Find(Symbols, symbol => string.CompareOrdinal(_source, _index, symbol, 0, symbol.Length) == 0) is { } symbol)
            {
                return Take(TokenKind.Symbol, symbol.Length);
            }
            else
            {
                Unrecognized(1);
            }
        }
    }

    private void SkipSpace()
    {
        while (_index < _source.Length)
        {
            if (Current is ' ' or '\t' or '\n' or '\r' or '\f')
            {
                Advance(1);
            }
            else if (Current == '/' && Ahead(1) == '/')
            {
                var end = _source.IndexOf('\n', _index);
                Advance((end < 0 ? _source.Length : end) - _index);
            }
            else
            {
                return;
            }
        }
    }

    private Token Word()
    {
        var length = 1;
        while (char.IsAsciiLetterOrDigit(Ahead(length)) || Ahead(length) == '_')
        {
            length++;
        }

        return _source.AsSpan(_index, length) switch
        {
            "true" => Take(TokenKind.True, length),
            "false" => Take(TokenKind.False, length),
            "null" => Take(TokenKind.Null, length),
            "in" => Take(TokenKind.In, length),
            _ => Take(TokenKind.Identifier, length),
        };
    }

    private Token Number()
    {
        var length = 0;
        if (Current == '0' && Ahead(1) == 'x' && char.IsAsciiHexDigit(Ahead(2)))
        {
            length = 2;
            while (char.IsAsciiHexDigit(Ahead(length)))
            {
                length++;
            }

            return Ahead(length) is 'u' or 'U' ? Take(TokenKind.Uint, length + 1) : Take(TokenKind.Int, length);
        }

        while (char.IsAsciiDigit(Ahead(length)))
        {
            length++;
        }

        var whole = true;
        if (Ahead(length) == '.' && char.IsAsciiDigit(Ahead(length + 1)))
        {
            whole = false;
            length++;
            while (char.IsAsciiDigit(Ahead(length)))
            {
                length++;
            }
        }

        if (Ahead(length) is 'e' or 'E' && (char.IsAsciiDigit(Ahead(length + 1)) || (Ahead(length + 1) is '+' or '-' && char.IsAsciiDigit(Ahead(length + 2)))))
        {
            whole = false;
            length += 2;
            while (char.IsAsciiDigit(Ahead(length)))
            {
                length++;
            }
        }

        return !whole ? Take(TokenKind.Double, length)
            : Ahead(length) is 'u' or 'U' ? Take(TokenKind.Uint, length + 1)
            : Take(TokenKind.Int, length);
    }

    /// <summary>Length of what stands before a quote here: none, r, b, br, rb; null when there is no string.</summary>
    private int? StringPrefix()
    {
        var length = 0;
        while (length < 2 && Ahead(length) is 'r' or 'R' or 'b' or 'B')
        {
            length++;
        }

        if (length == 2 && char.ToLowerInvariant(Ahead(0)) == char.ToLowerInvariant(Ahead(1)))
        {
            return null;
        }

        return Ahead(length) is '"' or '\'' ? length : null;
    }

    private Token? ReadString(int prefix)
    {
        var raw = _source.AsSpan(_index, prefix).ContainsAny('r', 'R');
        var bytes = _source.AsSpan(_index, prefix).ContainsAny('b', 'B');
        var quote = Ahead(prefix);
        var triple = Ahead(prefix + 1) == quote && Ahead(prefix + 2) == quote;
        var length = prefix + (triple ? 3 : 1);
        while (_index + length < _source.Length)
        {
            var c = Ahead(length);
            if (c == '\\' && !raw)
            {
                length += 2;
            }
            else if (c == quote && (!triple || (Ahead(length + 1) == quote && Ahead(length + 2) == quote)))
            {
                return Take(bytes ? TokenKind.Bytes : TokenKind.String, length + (triple ? 3 : 1));
            }
            else if (!triple && c is '\n' or '\r')
            {
                break;
            }
            else
            {
                length++;
            }
        }

        Unrecognized(Math.Min(length, _source.Length - _index));
        return null;
    }

    private void Unrecognized(int length)
    {
        length = Math.Max(length, char.IsSurrogatePair(_source, _index) ? 2 : 1);
        _issues.Add(new CelIssue(_codePoint, $"Syntax error: token recognition error at: '{_source.AsSpan(_index, length)}'"));
        Advance(length);
    }

    private Token Take(TokenKind kind, int length)
    {
        var token = new Token(kind, _source.Substring(_index, length), _codePoint);
        Advance(length);
        return token;
    }

    private void Advance(int length)
    {
        for (var end = _index + length; _index < end; _index++, _codePoint++)
        {
            if (_index + 1 < end && char.IsSurrogatePair(_source, _index))
            {
                _index++;
            }
        }
    }
}
