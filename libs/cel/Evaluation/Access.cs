using Kube.Cel.Values;

namespace Kube.Cel.Evaluation;

/// <summary>Fields of objects, keys of maps, elements of lists. Pure.</summary>
internal static class Access
{
    public static CelValue Field(CelValue operand, string field)
    {
        switch (operand)
        {
            case MapValue map:
                return map.Find(new StringValue(field)) ?? new ErrorValue("no such key: " + field);
            case OptionalValue:
                return OptionalField(operand, new StringValue(field));
            default:
                return ErrorValue.NoSuchOverload;
        }
    }

    public static CelValue Has(CelValue operand, string field) => operand switch
    {
        MapValue map => map.Find(new StringValue(field)) is not { } value ? BoolValue.False : value.IsError ? value : BoolValue.True,
        OptionalValue { Value: null } => BoolValue.False,
        OptionalValue { Value: { } value } => Has(value, field),
        _ => ErrorValue.NoSuchOverload,
    };

    public static CelValue Index(CelValue operand, CelValue key)
    {
        switch (operand)
        {
            case MapValue map:
                return key is StringValue or IntValue or UintValue or BoolValue or DoubleValue
                    ? map.Find(key) ?? ErrorValue.NoSuchKey(key)
                    : new ErrorValue($"unsupported key type: {key.Type}");
            case ListValue list:
                return Position(key) is not { } index ? new ErrorValue("unsupported index type '" + key.Type + "' in list")
                    : index >= 0 && index < list.Count ? list[(int)index]
                    : new ErrorValue($"index out of bounds: {index}");
            case OptionalValue:
                return OptionalIndex(operand, key);
            default:
                return ErrorValue.NoSuchOverload;
        }
    }

    public static CelValue OptionalField(CelValue operand, CelValue field) => operand switch
    {
        OptionalValue { Value: null } => operand,
        OptionalValue { Value: { } value } => OptionalField(value, field),
        MapValue map => map.Find(field) is { } found ? found.IsError ? found : new OptionalValue(found) : OptionalValue.None,
        _ => ErrorValue.NoSuchOverload,
    };

    public static CelValue OptionalIndex(CelValue operand, CelValue key) => operand switch
    {
        OptionalValue { Value: null } => operand,
        OptionalValue { Value: { } value } => OptionalIndex(value, key),
        MapValue map => map.Find(key) is { } found ? found.IsError ? found : new OptionalValue(found) : OptionalValue.None,
        ListValue list => Position(key) is { } index ? index >= 0 && index < list.Count ? new OptionalValue(list[(int)index]) : OptionalValue.None : ErrorValue.NoSuchOverload,
        _ => ErrorValue.NoSuchOverload,
    };

    private static long? Position(CelValue key) => key switch
    {
        IntValue i => i.Value,
        UintValue u => u.Value <= int.MaxValue ? (long)u.Value : long.MaxValue,
        DoubleValue d => d.AsInt,
        _ => null,
    };
}
