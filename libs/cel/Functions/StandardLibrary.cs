using Kube.Cel.Syntax;
using Kube.Cel.Types;
using Kube.Cel.Values;
using static Kube.Cel.Types.CelType;

namespace Kube.Cel.Functions;

/// <summary>The functions and operators of the language definition, and optional values.</summary>
public static class StandardLibrary
{
    private static readonly CelType A = CelType.Parameter("A");
    private static readonly CelType B = CelType.Parameter("B");
    private static readonly CelType ListA = ListOf(A);
    private static readonly CelType MapAB = MapOf(A, B);

    private static readonly CelType[] Numeric = [Int, Uint, CelType.Double];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<CelFunction> Functions { get; } =
    [
        .. Operators(),
        .. Collections(),
        .. Conversions.Functions,
        .. TimeFunctions.Functions,
        .. OptionalFunctions.Functions,
    ];

    private static IEnumerable<CelFunction> Operators()
    {
        yield return new(Syntax.Operators.And, Form(Bool, Bool, Bool));
        yield return new(Syntax.Operators.Or, Form(Bool, Bool, Bool));
        yield return new(Syntax.Operators.Conditional, Form(A, Bool, A, A));
        yield return new(Syntax.Operators.NotStrictlyFalse, Form(Bool, Bool));
        yield return new(Syntax.Operators.Not, [Form(Bool, Bool)], args => BoolValue.Of(!((BoolValue)args[0]).Value));
        yield return new(Syntax.Operators.Negate, [.. ((CelType[])[Int, CelType.Double, Duration]).Select(t => Form(t, t))], args => Arithmetic.Negate(args[0]));
        yield return new(
            Syntax.Operators.Add,
            [
                .. Numeric.Select(t => Form(t, t, t)),
                Form(CelType.String, CelType.String, CelType.String) with { Cost = Costs.Both() },
                Form(CelType.Bytes, CelType.Bytes, CelType.Bytes) with { Cost = Costs.Both() },
                Form(ListA, ListA, ListA),
                Form(Duration, Duration, Duration),
                Form(Timestamp, Timestamp, Duration),
                Form(Timestamp, Duration, Timestamp),
            ],
            args => Arithmetic.Add(args[0], args[1]));
        yield return new(
            Syntax.Operators.Subtract,
            [.. Numeric.Select(t => Form(t, t, t)), Form(Duration, Duration, Duration), Form(Timestamp, Timestamp, Duration), Form(Duration, Timestamp, Timestamp)],
            args => Arithmetic.Subtract(args[0], args[1]));
        yield return new(Syntax.Operators.Multiply, [.. Numeric.Select(t => Form(t, t, t))], args => Arithmetic.Multiply(args[0], args[1]));
        yield return new(Syntax.Operators.Divide, [.. Numeric.Select(t => Form(t, t, t))], args => Arithmetic.Divide(args[0], args[1]));
        yield return new(Syntax.Operators.Modulo, [Form(Int, Int, Int), Form(Uint, Uint, Uint)], args => Arithmetic.Modulo(args[0], args[1]));
        yield return new(Syntax.Operators.Equal, [Form(Bool, A, A) with { Cost = Costs.Shorter() }], args => BoolValue.Of(args[0].EqualTo(args[1])));
        yield return new(Syntax.Operators.NotEqual, [Form(Bool, A, A) with { Cost = Costs.Shorter() }], args => BoolValue.Of(!args[0].EqualTo(args[1])));
        yield return Order(Syntax.Operators.Less, order => order < 0);
        yield return Order(Syntax.Operators.LessOrEqual, order => order <= 0);
        yield return Order(Syntax.Operators.Greater, order => order > 0);
        yield return Order(Syntax.Operators.GreaterOrEqual, order => order >= 0);
    }

    private static IEnumerable<CelFunction> Collections()
    {
        yield return new(
            Syntax.Operators.In,
            [Form(Bool, A, ListA) with { Cost = Costs.Elements(1) }, Form(Bool, A, MapAB)],
            args => args[1] is MapValue map ? BoolValue.Of(map.Find(args[0]) is not null) : Contains((ListValue)args[1], args[0]));
        yield return new(
            Syntax.Operators.Index,
            Form(A, ListA, Int), Form(B, MapAB, A), Form(OptionalOf(A), OptionalOf(ListA), Int), Form(OptionalOf(B), OptionalOf(MapAB), A));
        yield return new(
            Syntax.Operators.OptionalIndex,
            Form(OptionalOf(A), ListA, Int), Form(OptionalOf(B), MapAB, A), Form(OptionalOf(A), OptionalOf(ListA), Int), Form(OptionalOf(B), OptionalOf(MapAB), A));
        yield return new(
            Syntax.Operators.MapInsert,
            [Form(MapAB, MapAB, A, B), Form(MapAB, MapAB, MapAB)],
            args => Insert((DictionaryMapValue)args[0], args[1..]));
        CelType[] sized = [CelType.String, CelType.Bytes, ListA, MapAB];
        yield return new("size", [.. sized.Select(t => Form(Int, t)), .. sized.Select(t => Member(Int, t))], args => IntValue.Of(args[0].Size));
        yield return new("contains", [Member(Bool, CelType.String, CelType.String) with { Cost = Costs.Product() }], args => BoolValue.Of(Text(args[0]).Contains(Text(args[1]), StringComparison.Ordinal)));
        yield return new("startsWith", [Member(Bool, CelType.String, CelType.String) with { Cost = Costs.Traverse() }], args => BoolValue.Of(Text(args[0]).StartsWith(Text(args[1]), StringComparison.Ordinal)));
        yield return new("endsWith", [Member(Bool, CelType.String, CelType.String) with { Cost = Costs.Traverse() }], args => BoolValue.Of(Text(args[0]).EndsWith(Text(args[1]), StringComparison.Ordinal)));
        yield return new(
            "matches",
            [Form(Bool, CelType.String, CelType.String) with { Cost = Costs.Regex() }, Member(Bool, CelType.String, CelType.String) with { Cost = Costs.Regex() }],
            args => RegularExpression.IsMatch(Text(args[0]), Text(args[1])));
    }

    internal static Overload Form(CelType result, params CelType[] parameters) => new(parameters, result);

    internal static Overload Member(CelType result, params CelType[] parameters) => new(parameters, result, IsMember: true);

    internal static string Text(CelValue value) => ((StringValue)value).Value;

    private static CelFunction Order(string name, Func<int, bool> holds)
    {
        CelType[] ordered = [Bool, Int, Uint, CelType.Double, CelType.String, CelType.Bytes, Timestamp, Duration];
        var same = ordered.Select(t => Form(Bool, t, t) with { Cost = t.Kind is TypeKind.String or TypeKind.Bytes ? Costs.Shorter() : null });
        var crossed = Numeric.SelectMany(a => Numeric.Where(b => !b.Equals(a)).Select(b => Form(Bool, a, b)));
        return new(name, [.. same, .. crossed], args => Arithmetic.Compare(args[0], args[1]) is { } order ? BoolValue.Of(holds(order))
            : args[0] is DoubleValue || args[1] is DoubleValue ? BoolValue.False : ErrorValue.NoSuchOverload);
    }

    private static BoolValue Contains(ListValue list, CelValue wanted)
    {
        foreach (var element in list)
        {
            if (element.EqualTo(wanted))
            {
                return BoolValue.True;
            }
        }

        return BoolValue.False;
    }

    private static CelValue Insert(DictionaryMapValue map, ReadOnlySpan<CelValue> args)
    {
        if (args.Length == 2)
        {
            return map.TryAdd(args[0], args[1]) ? map : RepeatedKey(args[0]);
        }

        var added = (MapValue)args[0];
        foreach (var key in added.Keys)
        {
            if (!map.TryAdd(key, added.Find(key)!))
            {
                return RepeatedKey(key);
            }
        }

        return map;
    }

    private static ErrorValue RepeatedKey(CelValue key) => new($"insert failed: key {Display.Of(key)} already exists");
}
