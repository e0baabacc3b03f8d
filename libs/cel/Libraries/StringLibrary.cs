using System.Text;
using Kube.Cel.Functions;
using Kube.Cel.Types;
using Kube.Cel.Values;
using static Kube.Cel.Functions.StandardLibrary;
using static Kube.Cel.Types.CelType;

namespace Kube.Cel.Libraries;

/// <summary>cel-go's string extensions, version 2. Positions are code points.</summary>
public static class StringLibrary
{
    private static readonly CelType Str = CelType.String;
    private static readonly CelType Strs = ListOf(CelType.String);

    public static IReadOnlyList<CelFunction> Functions { get; } =
    [
        new("charAt", [Member(Str, Str, Int)], args => CharAt(Text(args[0]), Whole(args[1]))),
        new("indexOf", [Member(Int, Str, Str) with { Cost = Costs.Traverse() }, Member(Int, Str, Str, Int) with { Cost = Costs.Traverse() }],
            args => IndexOf(Text(args[0]), Text(args[1]), args.Length > 2 ? Whole(args[2]) : 0)),
        new("lastIndexOf", [Member(Int, Str, Str) with { Cost = Costs.Traverse() }, Member(Int, Str, Str, Int) with { Cost = Costs.Traverse() }],
            args => LastIndexOf(Text(args[0]), Text(args[1]), args.Length > 2 ? Whole(args[2]) : null)),
        new("join", [Member(Str, Strs) with { Cost = Costs.Result(2) }, Member(Str, Strs, Str) with { Cost = Costs.Result(2) }],
            args => Join((ListValue)args[0], args.Length > 1 ? Text(args[1]) : "")),
        new("lowerAscii", [Member(Str, Str) with { Cost = Costs.Traverse() }], args => Map(Text(args[0]), c => char.IsAsciiLetterUpper(c) ? (char)(c | 0x20) : c)),
        new("upperAscii", [Member(Str, Str) with { Cost = Costs.Traverse() }], args => Map(Text(args[0]), c => char.IsAsciiLetterLower(c) ? (char)(c & ~0x20) : c)),
        new("replace", [Member(Str, Str, Str, Str) with { Cost = Costs.Traverse(2) }, Member(Str, Str, Str, Str, Int) with { Cost = Costs.Traverse(2) }],
            args => Replace(Text(args[0]), Text(args[1]), Text(args[2]), args.Length > 3 ? Whole(args[3]) : -1)),
        new("split", [Member(Strs, Str, Str) with { Cost = Costs.Traverse(2) }, Member(Strs, Str, Str, Int) with { Cost = Costs.Traverse(2) }],
            args => Split(Text(args[0]), Text(args[1]), args.Length > 2 ? Whole(args[2]) : -1)),
        new("substring", [Member(Str, Str, Int) with { Cost = Costs.Traverse() }, Member(Str, Str, Int, Int) with { Cost = Costs.Traverse() }],
            args => Substring(Text(args[0]), Whole(args[1]), args.Length > 2 ? Whole(args[2]) : null)),
        new("trim", [Member(Str, Str) with { Cost = Costs.Traverse() }], args => new StringValue(Text(args[0]).Trim())),
        new("strings.quote", [Form(Str, Str) with { Cost = Costs.Traverse() }], args => Quote(Text(args[0]))),
        new("format", [Member(Str, Str, ListOf(Dyn)) with { Cost = Costs.Traverse() }], args => StringFormat.Apply(Text(args[0]), (ListValue)args[1])),
    ];

    internal static long Whole(CelValue value) => ((IntValue)value).Value;

    private static CelValue CharAt(string text, long at)
    {
        var index = CodePoints.IndexOf(text, at);
        return index < 0 ? OutOfRange(at)
            : index == text.Length ? new StringValue("")
            : new StringValue(text.Substring(index, char.IsSurrogatePair(text, index) ? 2 : 1));
    }

    private static CelValue IndexOf(string text, string wanted, long offset)
    {
        if (wanted.Length == 0)
        {
            return IntValue.Of(offset);
        }

        var start = offset < 0 ? -1 : CodePoints.IndexOf(text, offset);
        if (offset < 0)
        {
            return OutOfRange(offset);
        }

        var found = start < 0 ? -1 : text.IndexOf(wanted, start, StringComparison.Ordinal);
        return IntValue.Of(found < 0 ? -1 : CodePoints.Count(text[..found]));
    }

    private static CelValue LastIndexOf(string text, string wanted, long? offset)
    {
        if (offset < 0 || offset > CodePoints.Count(text))
        {
            return OutOfRange(offset.Value);
        }

        if (wanted.Length == 0)
        {
            return IntValue.Of(offset ?? CodePoints.Count(text));
        }

        var last = offset is { } at ? CodePoints.IndexOf(text, at) : text.Length;
        for (var i = Math.Min(last, text.Length - wanted.Length); i >= 0; i--)
        {
            if (string.CompareOrdinal(text, i, wanted, 0, wanted.Length) == 0)
            {
                return IntValue.Of(CodePoints.Count(text[..i]));
            }
        }

        return IntValue.Of(-1);
    }

    private static CelValue Join(ListValue list, string separator)
    {
        var joined = new StringBuilder();
        for (var i = 0; i < list.Count; i++)
        {
            if (list[i] is not StringValue text)
            {
                return new ErrorValue("join: invalid input: " + Display.Of(list[i]));
            }

            joined.Append(i > 0 ? separator : "").Append(text.Value);
        }

        return new StringValue(joined.ToString());
    }

    private static StringValue Map(string text, Func<char, char> map) => new(string.Create(text.Length, (text, map), static (span, state) =>
    {
        for (var i = 0; i < span.Length; i++)
        {
            span[i] = state.map(state.text[i]);
        }
    }));

    private static StringValue Replace(string text, string old, string @new, long times)
    {
        if (times < 0 && old.Length > 0)
        {
            return new StringValue(text.Replace(old, @new, StringComparison.Ordinal));
        }

        var result = new StringBuilder();
        var at = 0;
        for (; times != 0; times--)
        {
            if (old.Length == 0)
            {
                // Nothing stands before every code point and after the last.
                result.Append(@new);
                if (at >= text.Length)
                {
                    break;
                }

                var width = char.IsSurrogatePair(text, at) ? 2 : 1;
                result.Append(text, at, width);
                at += width;
                continue;
            }

            var found = text.IndexOf(old, at, StringComparison.Ordinal);
            if (found < 0)
            {
                break;
            }

            result.Append(text, at, found - at).Append(@new);
            at = found + old.Length;
        }

        return new StringValue(result.Append(text, at, text.Length - at).ToString());
    }

    private static ListValue Split(string text, string separator, long limit)
    {
        if (limit == 0)
        {
            return ListValue.Empty;
        }

        var parts = new List<CelValue>();
        var at = 0;
        while (limit < 0 || parts.Count < limit - 1)
        {
            var next = separator.Length > 0 ? text.IndexOf(separator, at, StringComparison.Ordinal)
                : at >= text.Length ? -1 : at + (char.IsSurrogatePair(text, at) ? 2 : 1);
            if (next < 0 || (separator.Length == 0 && next >= text.Length))
            {
                break;
            }

            parts.Add(new StringValue(text[at..next]));
            at = next + separator.Length;
        }

        if (separator.Length > 0 || text.Length > 0)
        {
            parts.Add(new StringValue(text[at..]));
        }

        return ListValue.Of(parts);
    }

    private static CelValue Substring(string text, long start, long? end)
    {
        if (end < start)
        {
            return new ErrorValue($"invalid substring range. start: {start}, end: {end}");
        }

        var from = CodePoints.IndexOf(text, start);
        if (from < 0)
        {
            return OutOfRange(start);
        }

        var to = end is { } last ? CodePoints.IndexOf(text, last) : text.Length;
        return to < 0 ? OutOfRange(end!.Value) : new StringValue(text[from..to]);
    }

    private static StringValue Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var rune in text.EnumerateRunes())
        {
            quoted.Append(rune.Value switch
            {
                '\a' => "\\a",
                '\b' => "\\b",
                '\f' => "\\f",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\v' => "\\v",
                '\\' => "\\\\",
                '"' => "\\\"",
                _ => rune.ToString(),
            });
        }

        return new StringValue(quoted.Append('"').ToString());
    }

    private static ErrorValue OutOfRange(long index) => new($"index out of range: {index}");
}
