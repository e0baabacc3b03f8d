using System.Globalization;
using Kube.Cel.Values;

namespace Kube.Cel.Syntax;

/// <summary>
/// Reads an expression by recursive descent over the grammar of the language definition, and expands macros on the way.
/// </summary>
internal sealed class Parser
{
    /// <summary>Nested parentheses, lists, calls and so on.</summary>
    public const int MaxNesting = 250;

    /// <summary>
    /// Depth of a parsed expression: of what is nested, and of operators in a row. It keeps what walks the tree within
    /// its stack.
    /// </summary>
    public const int MaxDepth = 600;

    /// <summary>Code points of a source.</summary>
    public const int MaxLength = 100_000;

    private const string PrimaryBegins =
        "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}";

    private static readonly HashSet<string> Reserved = new(StringComparer.Ordinal)
    {
        "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package", "namespace", "return",
        "var", "void", "while",
    };

    private readonly List<CelIssue> _issues;
    private readonly List<Token> _tokens;
    private int _at;
    private int _nesting;

    private Parser(List<Token> tokens, List<CelIssue> issues)
    {
        _tokens = tokens;
        _issues = issues;
    }

    /// <summary>Parses a whole source.</summary>
    /// <exception cref="CelCompileException">It is no expression.</exception>
    public static Expr Parse(string source)
    {
        var issues = new List<CelIssue>();
        if (source.Length > MaxLength && CodePoints.Count(source) is var size && size > MaxLength)
        {
            throw new CelCompileException("", [new CelIssue(0, $"expression code point size exceeds limit: size: {size}, limit {MaxLength}")]);
        }

        var parser = new Parser(Lexer.Read(source, issues), issues);
        Expr? parsed = null;
        try
        {
            parsed = parser.Expression();
            if (parser.Current.Kind != TokenKind.End)
            {
                throw parser.Unexpected("<EOF>");
            }
        }
        catch (SyntaxException exception)
        {
            issues.Add(exception.Issue);
        }

        return issues.Count == 0 && parsed is not null ? parsed : throw new CelCompileException(source, issues);
    }

    private Token Current => _tokens[_at];

    private Expr Expression()
    {
        if (++_nesting > MaxNesting)
        {
            throw new SyntaxException(new CelIssue(Current.Offset, $"expression recursion limit exceeded: {MaxNesting}"));
        }

        var condition = Or();
        if (Current.Is("?"))
        {
            var at = Current.Offset;
            _at++;
            var then = Or();
            Expect(":");
            var otherwise = Expression();
            condition = Call(at, Operators.Conditional, condition, then, otherwise);
        }

        _nesting--;
        return condition;
    }

    private Expr Or() => Logical("||", Operators.Or, And);

    private Expr And() => Logical("&&", Operators.And, Relation);

    /// <summary>Terms in a row, as a balanced tree: long rows stay shallow.</summary>
    private Expr Logical(string symbol, string function, Func<Expr> term)
    {
        var first = term();
        if (!Current.Is(symbol))
        {
            return first;
        }

        var terms = new List<Expr> { first };
        var offsets = new List<int>();
        while (Current.Is(symbol))
        {
            offsets.Add(Current.Offset);
            _at++;
            terms.Add(term());
        }

        return Balance(function, terms, offsets, 0, offsets.Count - 1);
    }

    private Expr Balance(string function, List<Expr> terms, List<int> offsets, int low, int high)
    {
        var middle = (low + high + 1) / 2;
        var left = middle == low ? terms[middle] : Balance(function, terms, offsets, low, middle - 1);
        var right = middle == high ? terms[middle + 1] : Balance(function, terms, offsets, middle + 1, high);
        return Call(offsets[middle], function, left, right);
    }

    private Expr Relation() => Binary(Addition, RelationOf);

    private Expr Addition() => Binary(Multiplication, token => token.Text switch { "+" => Operators.Add, "-" => Operators.Subtract, _ => null });

    private Expr Multiplication() => Binary(
        Unary, token => token.Text switch { "*" => Operators.Multiply, "/" => Operators.Divide, "%" => Operators.Modulo, _ => null });

    private static string? RelationOf(Token token) => token.Text switch
    {
        "==" => Operators.Equal,
        "!=" => Operators.NotEqual,
        "<" => Operators.Less,
        "<=" => Operators.LessOrEqual,
        ">" => Operators.Greater,
        ">=" => Operators.GreaterOrEqual,
        "in" => Operators.In,
        _ => null,
    };

    private Expr Binary(Func<Expr> operand, Func<Token, string?> function)
    {
        var left = operand();
        while (Current.Kind is TokenKind.Symbol or TokenKind.In && function(Current) is { } name)
        {
            var at = Current.Offset;
            _at++;
            left = Call(at, name, left, operand());
        }

        return left;
    }

    private Expr Unary()
    {
        if (!Current.Is("!") && !Current.Is("-"))
        {
            return Member(Primary());
        }

        var symbol = Current.Text;
        var at = Current.Offset;
        var count = 0;
        while (Current.Is(symbol))
        {
            // The sign right before a number belongs to it: the least int has no positive twin.
            if (symbol == "-" && _tokens[_at + 1].Kind is TokenKind.Int or TokenKind.Double)
            {
                _at++;
                var literal = Member(Number(negative: true, at: _tokens[_at - 1].Offset));
                return count % 2 == 0 ? literal : Call(at, Operators.Negate, literal);
            }

            count++;
            _at++;
        }

        var operand = Member(Primary());
        return count % 2 == 0 ? operand : Call(at, symbol == "!" ? Operators.Not : Operators.Negate, operand);
    }

    private Expr Member(Expr operand)
    {
        while (true)
        {
            if (Current.Is("."))
            {
                operand = Select(operand);
            }
            else if (Current.Is("["))
            {
                var at = Current.Offset;
                _at++;
                var optional = TakeIf("?");
                var index = Expression();
                Expect("]");
                operand = Call(at, optional ? Operators.OptionalIndex : Operators.Index, operand, index);
            }
            else if (Current.Is("{") && QualifiedName(operand) is { } name)
            {
                operand = Struct(Current.Offset, name);
            }
            else
            {
                return operand;
            }
        }
    }

    private Expr Select(Expr operand)
    {
        var at = Current.Offset;
        _at++;
        if (TakeIf("?"))
        {
            var optional = Identifier();
            return Call(at, Operators.OptionalSelect, operand, new LiteralExpr(optional.Offset, new StringValue(optional.Text)));
        }

        var field = Identifier();
        if (!Current.Is("("))
        {
            return Checked(new SelectExpr(at, operand, field.Text, false));
        }

        var open = Current.Offset;
        return Expanded(new CallExpr(open, field.Text, operand, Arguments()));
    }

    private Expr Primary()
    {
        var token = Current;
        switch (token.Kind)
        {
            case TokenKind.Int or TokenKind.Uint or TokenKind.Double:
                return Number(negative: false, token.Offset);
            case TokenKind.String or TokenKind.Bytes:
                _at++;
                return Text(token);
            case TokenKind.True or TokenKind.False:
                _at++;
                return new LiteralExpr(token.Offset, BoolValue.Of(token.Kind == TokenKind.True));
            case TokenKind.Null:
                _at++;
                return new LiteralExpr(token.Offset, NullValue.Instance);
            case TokenKind.Identifier:
                return Name("");
            case TokenKind.Symbol when token.Text == ".":
                _at++;
                return Name(".");
            case TokenKind.Symbol when token.Text == "(":
                _at++;
                var inner = Expression();
                Expect(")");
                return inner;
            case TokenKind.Symbol when token.Text == "[":
                return List();
            case TokenKind.Symbol when token.Text == "{":
                return Map();
            default:
                throw Unexpected(PrimaryBegins);
        }
    }

    private Expr Name(string prefix)
    {
        var token = Identifier();
        if (Reserved.Contains(token.Text))
        {
            _issues.Add(new CelIssue(token.Offset, $"reserved identifier: {token.Text}"));
        }

        if (!Current.Is("("))
        {
            return new IdentExpr(token.Offset, prefix + token.Text);
        }

        var open = Current.Offset;
        return Expanded(new CallExpr(open, prefix + token.Text, null, Arguments()));
    }

    private List<Expr> Arguments()
    {
        Expect("(");
        var arguments = new List<Expr>();
        if (TakeIf(")"))
        {
            return arguments;
        }

        do
        {
            arguments.Add(Expression());
        }
        while (TakeIf(","));
        Expect(")");
        return arguments;
    }

    private Expr List()
    {
        var at = Current.Offset;
        _at++;
        var elements = new List<Expr>();
        var optional = new HashSet<int>();
        while (!Current.Is("]"))
        {
            if (TakeIf("?"))
            {
                optional.Add(elements.Count);
            }

            elements.Add(Expression());
            if (!TakeIf(","))
            {
                break;
            }
        }

        Expect("]");
        return Checked(new ListExpr(at, elements, optional));
    }

    private Expr Map()
    {
        var at = Current.Offset;
        _at++;
        var entries = new List<MapEntry>();
        while (!Current.Is("}"))
        {
            var optional = TakeIf("?");
            var key = Expression();
            Expect(":");
            entries.Add(new MapEntry(key, Expression(), optional));
            if (!TakeIf(","))
            {
                break;
            }
        }

        Expect("}");
        return Checked(new MapExpr(at, entries));
    }

    private Expr Struct(int at, string name)
    {
        _at++;
        var fields = new List<StructField>();
        while (!Current.Is("}"))
        {
            var optional = TakeIf("?");
            var field = Identifier();
            Expect(":");
            fields.Add(new StructField(field.Text, Expression(), optional));
            if (!TakeIf(","))
            {
                break;
            }
        }

        Expect("}");
        return Checked(new StructExpr(at, name, fields));
    }

    private LiteralExpr Number(bool negative, int at)
    {
        var token = Current;
        _at++;
        var sign = negative ? "-" : "";
        switch (token.Kind)
        {
            case TokenKind.Double:
                var number = double.Parse(sign + token.Text, CultureInfo.InvariantCulture);
                return double.IsFinite(number) ? new LiteralExpr(at, new DoubleValue(number)) : Bad("invalid double literal");
            case TokenKind.Uint:
                return ParseWhole(token.Text[..^1]) is { } unsigned && unsigned <= ulong.MaxValue
                    ? new LiteralExpr(at, new UintValue((ulong)unsigned))
                    : Bad("invalid uint literal");
            default:
                return ParseWhole(token.Text) is { } whole && (negative ? -whole : whole) is var signed && signed >= long.MinValue && signed <= long.MaxValue
                    ? new LiteralExpr(at, IntValue.Of((long)signed))
                    : Bad("invalid int literal");
        }

        LiteralExpr Bad(string message)
        {
            _issues.Add(new CelIssue(at, message));
            return new LiteralExpr(at, NullValue.Instance);
        }
    }

    private static Int128? ParseWhole(string digits)
    {
        var hex = digits.StartsWith("0x", StringComparison.Ordinal);
        var significant = (hex ? digits.AsSpan(2) : digits).TrimStart('0');
        return significant.Length > 20 ? null
            : significant.IsEmpty ? 0
            : Int128.Parse(hex ? string.Concat("0", significant) : significant, hex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture);
    }

    private LiteralExpr Text(Token token)
    {
        CelValue? value = token.Kind == TokenKind.String
            ? StringLiteral.Text(token.Text) is { } text ? new StringValue(text) : null
            : StringLiteral.Bytes(token.Text) is { } bytes ? new BytesValue(bytes) : null;
        if (value is null)
        {
            _issues.Add(new CelIssue(token.Offset, "invalid escape sequence in literal"));
        }

        return new LiteralExpr(token.Offset, value ?? NullValue.Instance);
    }

    private static string? QualifiedName(Expr expr) => expr switch
    {
        IdentExpr ident => ident.Name,
        SelectExpr { TestOnly: false } select when QualifiedName(select.Operand) is { } operand => operand + "." + select.Field,
        _ => null,
    };

    private Expr Call(int at, string function, params Expr[] args) => Checked(new CallExpr(at, function, null, args));

    private Expr Expanded(CallExpr call) => Checked(Macros.Expand(call, _issues) ?? call);

    private static Expr Checked(Expr expr) => expr.Depth <= MaxDepth
        ? expr
        : throw new SyntaxException(new CelIssue(expr.Offset, $"expression recursion limit exceeded: {MaxDepth}"));

    private Token Identifier()
    {
        var token = Current;
        if (token.Kind != TokenKind.Identifier)
        {
            throw Unexpected("IDENTIFIER");
        }

        _at++;
        return token;
    }

    private bool TakeIf(string symbol)
    {
        if (!Current.Is(symbol))
        {
            return false;
        }

        _at++;
        return true;
    }

    private void Expect(string symbol)
    {
        if (!TakeIf(symbol))
        {
            throw Unexpected($"'{symbol}'");
        }
    }

    private SyntaxException Unexpected(string expected) =>
        new(new CelIssue(Current.Offset, $"Syntax error: mismatched input '{Current.Text}' expecting {expected}"));

    /// <summary>Ends parsing at the first fault: what follows would be guesses.</summary>
    private sealed class SyntaxException(CelIssue issue) : Exception(issue.Message)
    {
        public CelIssue Issue => issue;
    }
}
