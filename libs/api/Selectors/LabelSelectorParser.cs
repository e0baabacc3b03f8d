using Kube.Api.Validation;

namespace Kube.Api.Selectors;

/// <summary>Reads the string form of label selectors: "app=web,tier in (a,b),!legacy".</summary>
internal sealed class LabelSelectorParser
{
    private const string BinaryOperators = "in, notin, =, ==, !=, gt, lt";

    private readonly List<(Token Kind, string Text)> _tokens = [];
    private int _at;

    private enum Token
    {
        End,
        Error,
        Identifier,
        Comma,
        Open,
        Close,
        Not,
        Equals,
        DoubleEquals,
        NotEquals,
        Greater,
        Less,
        In,
        NotIn,
    }

    internal static List<LabelRequirement> Parse(string text)
    {
        var parser = new LabelSelectorParser();
        parser.Scan(text);
        return parser.ReadAll();
    }

    private void Scan(string text)
    {
        var i = 0;
        while (true)
        {
            while (i < text.Length && text[i] is ' ' or '\t' or '\r' or '\n')
            {
                i++;
            }

            if (i >= text.Length || text[i] == '\0')
            {
                _tokens.Add((Token.End, ""));
                return;
            }

            var start = i;
            if (IsSymbol(text[i]))
            {
                i = ScanSymbol(text, i);
                continue;
            }

            while (i < text.Length && !IsSymbol(text[i]) && text[i] is not (' ' or '\t' or '\r' or '\n'))
            {
                i++;
            }

            var word = text[start..i];
            _tokens.Add((word switch { "in" => Token.In, "notin" => Token.NotIn, _ => Token.Identifier }, word));
        }
    }

    private int ScanSymbol(string text, int start)
    {
        var length = start + 1 < text.Length && text[start..(start + 2)] is "==" or "!=" ? 2 : 1;
        var symbol = text.Substring(start, length);
        _tokens.Add((symbol switch
        {
            "," => Token.Comma,
            "(" => Token.Open,
            ")" => Token.Close,
            "!" => Token.Not,
            "=" => Token.Equals,
            "==" => Token.DoubleEquals,
            "!=" => Token.NotEquals,
            ">" => Token.Greater,
            _ => Token.Less,
        }, symbol));
        return start + length;
    }

    private static bool IsSymbol(char c) => c is '=' or '!' or '(' or ')' or ',' or '>' or '<';

    private (Token Kind, string Text) Peek(bool asValue = true)
    {
        var (kind, text) = _tokens[Math.Min(_at, _tokens.Count - 1)];
        return (asValue && kind is Token.In or Token.NotIn ? Token.Identifier : kind, text);
    }

    private (Token Kind, string Text) Take(bool asValue = true)
    {
        var token = Peek(asValue);
        _at++;
        return token;
    }

    private List<LabelRequirement> ReadAll()
    {
        var result = new List<LabelRequirement>();
        while (true)
        {
            var (kind, text) = Peek();
            if (kind == Token.End)
            {
                return result;
            }

            if (kind is not (Token.Identifier or Token.Not))
            {
                throw new SelectorException($"found '{text}', expected: !, identifier, or 'end of string'");
            }

            try
            {
                result.Add(ReadRequirement());
            }
            catch (SelectorException e)
            {
                throw new SelectorException("unable to parse requirement: " + e.Message);
            }

            var (next, nextText) = Take();
            if (next == Token.End)
            {
                return result;
            }

            if (next != Token.Comma)
            {
                throw new SelectorException($"found '{nextText}', expected: ',' or 'end of string'");
            }

            var (after, afterText) = Peek();
            if (after is not (Token.Identifier or Token.Not))
            {
                throw new SelectorException($"found '{afterText}', expected: identifier after ','");
            }
        }
    }

    private LabelRequirement ReadRequirement()
    {
        var (kind, key) = Take();
        var negated = kind == Token.Not;
        if (negated)
        {
            (kind, key) = Take();
        }

        if (kind != Token.Identifier)
        {
            throw new SelectorException($"found '{key}', expected: identifier");
        }

        var errors = new List<FieldError>();
        LabelRequirement.CheckKey(errors, key, "<nil>");
        if (errors.Count > 0)
        {
            throw new SelectorException(FieldError.Aggregate(errors));
        }

        if (negated)
        {
            return LabelRequirement.Create(key, LabelOperator.DoesNotExist, []);
        }

        if (Peek().Kind is Token.End or Token.Comma)
        {
            return LabelRequirement.Create(key, LabelOperator.Exists, []);
        }

        var (op, text) = Take(asValue: false);
        return op switch
        {
            Token.In => LabelRequirement.Create(key, LabelOperator.In, ReadSet()),
            Token.NotIn => LabelRequirement.Create(key, LabelOperator.NotIn, ReadSet()),
            Token.Equals => LabelRequirement.Create(key, LabelOperator.Equals, ReadOne()),
            Token.DoubleEquals => LabelRequirement.Create(key, LabelOperator.Equals, ReadOne(), doubleEquals: true),
            Token.NotEquals => LabelRequirement.Create(key, LabelOperator.NotEquals, ReadOne()),
            Token.Greater => LabelRequirement.Create(key, LabelOperator.GreaterThan, ReadOne()),
            Token.Less => LabelRequirement.Create(key, LabelOperator.LessThan, ReadOne()),
            _ => throw new SelectorException($"found '{text}', expected: {BinaryOperators}"),
        };
    }

    private List<string> ReadOne()
    {
        if (Peek().Kind is Token.End or Token.Comma)
        {
            return [""];
        }

        var (kind, text) = Take();
        return kind == Token.Identifier ? [text] : throw new SelectorException($"found '{text}', expected: identifier");
    }

    private List<string> ReadSet()
    {
        var (open, openText) = Take();
        if (open != Token.Open)
        {
            throw new SelectorException($"found '{openText}' expected: '('");
        }

        var values = new SortedSet<string>(StringComparer.Ordinal);
        var expectsValue = true;
        while (true)
        {
            var (kind, text) = Take();
            switch (kind)
            {
                case Token.Identifier when expectsValue:
                    values.Add(text);
                    expectsValue = false;
                    break;
                case Token.Comma:
                    if (expectsValue)
                    {
                        values.Add("");
                    }

                    expectsValue = true;
                    break;
                case Token.Close:
                    if (expectsValue)
                    {
                        values.Add("");
                    }

                    return [.. values];
                default:
                    throw new SelectorException(expectsValue
                        ? $"found '{text}', expected: ',', ')' or identifier"
                        : $"found '{text}', expected: ',' or ')'");
            }
        }
    }
}
