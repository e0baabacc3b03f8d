using Kube.Cel.Types;
using Kube.Cel.Values;
using static Kube.Cel.Functions.StandardLibrary;
using static Kube.Cel.Types.CelType;

namespace Kube.Cel.Functions;

/// <summary>Values that may be missing. The evaluator itself does what need not work out all its arguments.</summary>
internal static class OptionalFunctions
{
    private static readonly CelType A = CelType.Parameter("A");
    private static readonly CelType OptionalA = OptionalOf(A);

    public static IReadOnlyList<CelFunction> Functions { get; } =
    [
        new("optional.of", [Form(OptionalA, A)], args => new OptionalValue(args[0])),
        new("optional.ofNonZeroValue", [Form(OptionalA, A)], args => args[0].IsZero ? OptionalValue.None : new OptionalValue(args[0])),
        new("optional.none", [Form(OptionalA)], _ => OptionalValue.None),
        new("hasValue", [Member(Bool, OptionalA)], args => BoolValue.Of(((OptionalValue)args[0]).Value is not null)),
        new("value", [Member(A, OptionalA)], args => ((OptionalValue)args[0]).Value ?? new ErrorValue("optional.none() dereference")),
        new("or", Member(OptionalA, OptionalA, OptionalA)),
        new("orValue", Member(A, OptionalA, A)),
        new("optional.unwrap", [Form(ListOf(A), ListOf(OptionalA))], args => Unwrap((ListValue)args[0])),
        new("unwrapOpt", [Member(ListOf(A), ListOf(OptionalA))], args => Unwrap((ListValue)args[0])),
        new("first", [Member(OptionalA, ListOf(A))], args => (ListValue)args[0] is { Count: > 0 } list ? new OptionalValue(list[0]) : OptionalValue.None),
        new("last", [Member(OptionalA, ListOf(A))], args => (ListValue)args[0] is { Count: > 0 } list ? new OptionalValue(list[list.Count - 1]) : OptionalValue.None),
    ];

    private static CelValue Unwrap(ListValue list)
    {
        var values = new List<CelValue>();
        foreach (var element in list)
        {
            if (element is not OptionalValue optional)
            {
                return ErrorValue.NoSuchOverload;
            }

            if (optional.Value is { } value)
            {
                values.Add(value);
            }
        }

        return ListValue.Of(values);
    }
}
