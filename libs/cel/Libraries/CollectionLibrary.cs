using System.Text.RegularExpressions;
using Kube.Cel.Functions;
using Kube.Cel.Types;
using Kube.Cel.Values;
using static Kube.Cel.Functions.StandardLibrary;
using static Kube.Cel.Types.CelType;

namespace Kube.Cel.Libraries;

/// <summary>Kubernetes' functions on lists, cel-go's sets, and Kubernetes' searches by regular expression.</summary>
public static class CollectionLibrary
{
    private static readonly CelType A = CelType.Parameter("A");
    private static readonly CelType ListA = ListOf(A);
    private static readonly CelType[] Summable = [Int, Uint, CelType.Double, Duration];
    private static readonly CelType[] Comparable = [Int, Uint, CelType.Double, Bool, Duration, Timestamp, CelType.String, CelType.Bytes];

    public static IReadOnlyList<CelFunction> Lists { get; } =
    [
        new("isSorted", [.. Comparable.Select(t => OnList(Bool, t))], args => IsSorted((ListValue)args[0])),
        new("sum", [.. Summable.Select(t => OnList(t, t) with { Body = args => Sum((ListValue)args[0], Zero(t)) })]),
        new("min", [.. Comparable.Select(t => OnList(t, t))], args => Extreme("min", (ListValue)args[0], order => order < 0)),
        new("max", [.. Comparable.Select(t => OnList(t, t))], args => Extreme("max", (ListValue)args[0], order => order > 0)),
        new("indexOf", [Member(Int, ListA, A) with { Cost = Costs.Elements() }], args => IndexOf((ListValue)args[0], args[1])),
        new("lastIndexOf", [Member(Int, ListA, A) with { Cost = Costs.Elements() }], args => LastIndexOf((ListValue)args[0], args[1])),
    ];

    public static IReadOnlyList<CelFunction> Sets { get; } =
    [
        new("sets.contains", [Form(Bool, ListA, ListA) with { Cost = Pairs }], args => BoolValue.Of(ContainsAll((ListValue)args[0], (ListValue)args[1]))),
        new("sets.equivalent", [Form(Bool, ListA, ListA) with { Cost = Pairs }],
            args => BoolValue.Of(ContainsAll((ListValue)args[0], (ListValue)args[1]) && ContainsAll((ListValue)args[1], (ListValue)args[0]))),
        new("sets.intersects", [Form(Bool, ListA, ListA) with { Cost = Pairs }], args => BoolValue.Of(Intersect((ListValue)args[0], (ListValue)args[1]))),
    ];

    public static IReadOnlyList<CelFunction> Searches { get; } =
    [
        new("find", [Member(CelType.String, CelType.String, CelType.String) with { Cost = Costs.Regex() }], args => Find(Text(args[0]), Text(args[1]))),
        new(
            "findAll",
            [
                Member(ListOf(CelType.String), CelType.String, CelType.String) with { Cost = Costs.Regex() },
                Member(ListOf(CelType.String), CelType.String, CelType.String, Int) with { Cost = Costs.Regex() },
            ],
            args => FindAll(Text(args[0]), Text(args[1]), args.Length > 2 ? StringLibrary.Whole(args[2]) : -1)),
    ];

    private static long Pairs(ReadOnlySpan<CelValue> args, CelValue result) => Math.Max(1, args[0].Size * args[1].Size);

    private static Overload OnList(CelType result, CelType element) => Member(result, ListOf(element)) with { Cost = Costs.Elements() };

    private static CelValue Zero(CelType type) => type.Kind switch
    {
        TypeKind.Int => IntValue.Of(0),
        TypeKind.Uint => new UintValue(0),
        TypeKind.Double => new DoubleValue(0),
        _ => new DurationValue(0),
    };

    private static CelValue Sum(ListValue list, CelValue zero)
    {
        // Which zero stands for an empty list, only the checked type could tell; the first form does.
        var sum = list.Count == 0 ? zero : list[0];
        for (var i = 1; i < list.Count && !sum.IsError; i++)
        {
            sum = Arithmetic.Add(sum, list[i]);
        }

        return sum;
    }

    private static CelValue IsSorted(ListValue list)
    {
        for (var i = 1; i < list.Count; i++)
        {
            if (Arithmetic.Compare(list[i - 1], list[i]) is not { } order)
            {
                return ErrorValue.NoSuchOverload;
            }

            if (order > 0)
            {
                return BoolValue.False;
            }
        }

        return BoolValue.True;
    }

    private static CelValue Extreme(string name, ListValue list, Func<int, bool> isBetter)
    {
        if (list.Count == 0)
        {
            return new ErrorValue($"{name} called on empty list");
        }

        var best = list[0];
        foreach (var element in list.Skip(1))
        {
            if (Arithmetic.Compare(element, best) is not { } order)
            {
                return ErrorValue.NoSuchOverload;
            }

            best = isBetter(order) ? element : best;
        }

        return best;
    }

    private static IntValue IndexOf(ListValue list, CelValue wanted)
    {
        for (var i = 0; i < list.Count; i++)
        {
            if (list[i].EqualTo(wanted))
            {
                return IntValue.Of(i);
            }
        }

        return IntValue.Of(-1);
    }

    private static IntValue LastIndexOf(ListValue list, CelValue wanted)
    {
        for (var i = list.Count - 1; i >= 0; i--)
        {
            if (list[i].EqualTo(wanted))
            {
                return IntValue.Of(i);
            }
        }

        return IntValue.Of(-1);
    }

    private static bool ContainsAll(ListValue list, ListValue wanted) => wanted.All(w => list.Any(w.EqualTo));

    private static bool Intersect(ListValue a, ListValue b) => a.Any(element => b.Any(element.EqualTo));

    private static CelValue Find(string text, string pattern) =>
        RegularExpression.Compile(pattern) is { } regex ? new StringValue(regex.Match(text).Value) : RegularExpression.Invalid(pattern);

    private static CelValue FindAll(string text, string pattern, long limit)
    {
        if (RegularExpression.Compile(pattern) is not { } regex)
        {
            return RegularExpression.Invalid(pattern);
        }

        var found = new List<CelValue>();
        for (var match = regex.Match(text); match.Success && (limit < 0 || found.Count < limit); match = match.NextMatch())
        {
            found.Add(new StringValue(match.Value));
        }

        return ListValue.Of(found);
    }
}
