using Kube.Api.Values;
using Kube.Cel.Functions;
using Kube.Cel.Types;
using Kube.Cel.Values;

namespace Kube.Api.Cel;

/// <summary>Kubernetes' quantity() and what can be done with one.</summary>
internal static class QuantityLibrary
{
    public static CelType QuantityType { get; } = CelType.Opaque("kubernetes.Quantity");

    public static IReadOnlyList<CelFunction> Functions { get; } =
    [
        new("quantity", new Overload([CelType.String], QuantityType, Body: args => Parse(Text(args[0]))) { Cost = Traversal }),
        new("isQuantity", new Overload([CelType.String], CelType.Bool, Body: args => BoolValue.Of(Quantity.TryParse(Text(args[0]), out _))) { Cost = Traversal }),
        Member("sign", CelType.Int, args => IntValue.Of(Of(args[0]).Sign)),
        Member("isInteger", CelType.Bool, args => BoolValue.Of(Whole(Of(args[0])) is not null)),
        Member("asInteger", CelType.Int, args => Whole(Of(args[0])) is { } whole ? IntValue.Of(whole) : new ErrorValue("cannot convert value to integer")),
        Member("asApproximateFloat", CelType.Double, args => new DoubleValue(Of(args[0]).ToDouble())),
        Member("isGreaterThan", CelType.Bool, args => BoolValue.Of(Of(args[0]) > Of(args[1])), QuantityType),
        Member("isLessThan", CelType.Bool, args => BoolValue.Of(Of(args[0]) < Of(args[1])), QuantityType),
        Member("compareTo", CelType.Int, args => IntValue.Of(Math.Sign(Of(args[0]).CompareTo(Of(args[1])))), QuantityType),
        Member("add", QuantityType, args => new QuantityValue(Of(args[0]) + Of(args[1])), QuantityType),
        Member("add", QuantityType, args => new QuantityValue(Of(args[0]) + Of(args[1])), CelType.Int),
        Member("sub", QuantityType, args => new QuantityValue(Of(args[0]) - Of(args[1])), QuantityType),
        Member("sub", QuantityType, args => new QuantityValue(Of(args[0]) - Of(args[1])), CelType.Int),
    ];

    private static long Traversal(ReadOnlySpan<CelValue> args, CelValue result) => (args[0].Size + 9) / 10;

    private static CelFunction Member(string name, CelType result, FunctionBody body, params CelType[] args) =>
        new(name, new Overload([QuantityType, .. args], result, IsMember: true, body));

    private static string Text(CelValue value) => ((StringValue)value).Value;

    private static Quantity Of(CelValue value) => value is IntValue whole ? new Quantity(whole.Value, QuantityFormat.DecimalExponent) : ((QuantityValue)value).Value;

    private static long? Whole(Quantity quantity) => new Quantity(quantity.Value()) == quantity ? quantity.Value() : null;

    private static CelValue Parse(string text)
    {
        try
        {
            return new QuantityValue(Quantity.Parse(text));
        }
        catch (FormatException exception)
        {
            return new ErrorValue(exception.Message);
        }
    }

    private sealed class QuantityValue(Quantity value) : CelValue
    {
        public Quantity Value => value;

        public override CelType Type => QuantityType;

        public override bool EqualTo(CelValue other) => other is QuantityValue quantity && quantity.Value == value;

        public override string ToString() => value.ToString();
    }
}
