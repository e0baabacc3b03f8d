using Kube.Cel.Syntax;
using Kube.Cel.Types;
using Kube.Cel.Values;

namespace Kube.Cel.Evaluation;

/// <summary>Works out one expression once, by walking its tree. For one thread.</summary>
internal sealed class Evaluator(ICelVariables variables, CelEnvironment environment, CostMeter meter)
{
    private const long ListCost = 10;
    private const long MapCost = 30;
    private const long StructCost = 40;

    /// <summary>Variables of the folds around, the innermost last.</summary>
    private readonly List<(string Name, CelValue Value)> _locals = [];

    public CelValue Evaluate(Expr expr) => expr switch
    {
        LiteralExpr literal => literal.Value,
        IdentExpr ident => EvaluateIdent(ident.Name),
        SelectExpr select => EvaluateSelect(select),
        CallExpr call => EvaluateCall(call),
        ListExpr list => EvaluateList(list),
        MapExpr map => EvaluateMap(map),
        StructExpr @struct => EvaluateStruct(@struct),
        ComprehensionExpr fold => EvaluateFold(fold),
        _ => throw new InvalidOperationException($"no evaluation for {expr.GetType().Name}"),
    };

    private CelValue EvaluateIdent(string name)
    {
        meter.Charge(1);
        if (name.StartsWith('.'))
        {
            name = name[1..];
        }
        else
        {
            for (var i = _locals.Count - 1; i >= 0; i--)
            {
                if (_locals[i].Name == name)
                {
                    return _locals[i].Value;
                }
            }
        }

        return variables.Find(name)
            ?? (environment.TypeNames.TryGetValue(name, out var type) ? new TypeValue(type) : ErrorValue.NoSuchAttribute(name));
    }

    private CelValue EvaluateSelect(SelectExpr select)
    {
        var operand = Evaluate(select.Operand);
        if (operand.IsError)
        {
            return operand;
        }

        if (select.TestOnly)
        {
            return Access.Has(operand, select.Field);
        }

        meter.Charge(1);
        return Access.Field(operand, select.Field);
    }

    private CelValue EvaluateCall(CallExpr call) => call.Function switch
    {
        Operators.And => EvaluateLogical(call, absorbing: BoolValue.False),
        Operators.Or => EvaluateLogical(call, absorbing: BoolValue.True),
        Operators.Conditional => EvaluateConditional(call),
        Operators.NotStrictlyFalse => EvaluateNotStrictlyFalse(call),
        Operators.Index => EvaluateAccess(call, Access.Index),
        Operators.OptionalSelect => EvaluateAccess(call, Access.OptionalField),
        Operators.OptionalIndex => EvaluateAccess(call, Access.OptionalIndex),
        "or" or "orValue" when call.Target is not null && call.Args.Count == 1 => EvaluateOptionalElse(call),
        _ => EvaluateFunction(call),
    };

    /// <summary>
    /// One operand may decide alone, even when the other fails: the order of operands does not matter.
    /// </summary>
    private CelValue EvaluateLogical(CallExpr call, BoolValue absorbing)
    {
        var left = Evaluate(call.Args[0]);
        if (ReferenceEquals(left, absorbing))
        {
            return absorbing;
        }

        var right = Evaluate(call.Args[1]);
        return ReferenceEquals(right, absorbing) ? absorbing
            : left.IsError ? left
            : right.IsError ? right
            : left is BoolValue && right is BoolValue ? right
            : ErrorValue.NoSuchOverload;
    }

    private CelValue EvaluateConditional(CallExpr call) => Evaluate(call.Args[0]) switch
    {
        BoolValue condition => Evaluate(call.Args[condition.Value ? 1 : 2]),
        ErrorValue error => error,
        _ => ErrorValue.NoSuchOverload,
    };

    private BoolValue EvaluateNotStrictlyFalse(CallExpr call)
    {
        var value = Evaluate(call.Args[0]);
        meter.Charge(1);
        return BoolValue.Of(value is not BoolValue { Value: false });
    }

    private CelValue EvaluateAccess(CallExpr call, Func<CelValue, CelValue, CelValue> access)
    {
        var operand = Evaluate(call.Args[0]);
        var key = Evaluate(call.Args[1]);
        meter.Charge(1);
        return operand.IsError ? operand : key.IsError ? key : access(operand, key);
    }

    /// <summary>The other value is worked out only when there is none.</summary>
    private CelValue EvaluateOptionalElse(CallExpr call)
    {
        var target = Evaluate(call.Target!);
        if (target is not OptionalValue optional)
        {
            return target.IsError ? target : ErrorValue.NoSuchOverload;
        }

        meter.Charge(1);
        if (optional.Value is { } value)
        {
            return call.Function == "or" ? optional : value;
        }

        var other = Evaluate(call.Args[0]);
        return call.Function == "or" && other is not (OptionalValue or ErrorValue) ? ErrorValue.NoSuchOverload : other;
    }

    private CelValue EvaluateFunction(CallExpr call)
    {
        var args = new CelValue[call.Args.Count + (call.Target is null ? 0 : 1)];
        var next = 0;
        ErrorValue? failure = null;
        if (call.Target is not null)
        {
            failure = (args[next++] = Evaluate(call.Target)) as ErrorValue;
        }

        foreach (var arg in call.Args)
        {
            failure ??= (args[next++] = Evaluate(arg)) as ErrorValue;
            if (failure is not null)
            {
                return failure;
            }
        }

        if (failure is not null)
        {
            return failure;
        }

        if (environment.Functions.Find(call.Function) is not { } function)
        {
            return new ErrorValue($"unknown function: {call.Function}");
        }

        var result = function.Call(args, call.Target is not null, out var cost);
        meter.Charge(cost?.Invoke(args, result) ?? 1);
        return result;
    }

    private CelValue EvaluateList(ListExpr list)
    {
        var elements = new List<CelValue>(list.Elements.Count);
        for (var i = 0; i < list.Elements.Count; i++)
        {
            var element = Evaluate(list.Elements[i]);
            if (element.IsError)
            {
                return element;
            }

            if (!list.Optional.Contains(i))
            {
                elements.Add(element);
            }
            else if (element is not OptionalValue optional)
            {
                return new ErrorValue("cannot initialize optional list element from non-optional value " + Display.Of(element));
            }
            else if (optional.Value is { } value)
            {
                elements.Add(value);
            }
        }

        meter.Charge(ListCost);
        return ListValue.Of(elements);
    }

    private CelValue EvaluateMap(MapExpr map)
    {
        var entries = new Dictionary<CelValue, CelValue>(map.Entries.Count, KeyComparer.Instance);
        foreach (var entry in map.Entries)
        {
            var key = Evaluate(entry.Key);
            var value = key.IsError ? key : Evaluate(entry.Value);
            if (value.IsError)
            {
                return value;
            }

            if (key is not (StringValue or IntValue or UintValue or BoolValue))
            {
                return new ErrorValue($"unsupported key type: {key.Type}");
            }

            if (entry.Optional)
            {
                if (value is not OptionalValue optional)
                {
                    return new ErrorValue($"cannot initialize optional entry '{Display.Of(key)}' from non-optional value {Display.Of(value)}");
                }

                if (optional.Value is null)
                {
                    continue;
                }

                value = optional.Value;
            }

            if (!entries.TryAdd(key, value))
            {
                return new ErrorValue($"Failed with repeated key: {Display.Of(key)}");
            }
        }

        meter.Charge(MapCost);
        return new DictionaryMapValue(entries);
    }

    private CelValue EvaluateStruct(StructExpr @struct)
    {
        var entries = new Dictionary<CelValue, CelValue>(KeyComparer.Instance);
        foreach (var field in @struct.Fields)
        {
            var value = Evaluate(field.Value);
            if (value.IsError)
            {
                return value;
            }

            if (field.Optional)
            {
                if (value is not OptionalValue optional)
                {
                    return new ErrorValue($"cannot initialize optional entry '{field.Name}' from non-optional value {Display.Of(value)}");
                }

                if (optional.Value is null)
                {
                    continue;
                }

                value = optional.Value;
            }

            entries[new StringValue(field.Name)] = value;
        }

        meter.Charge(StructCost);
        return new StructValue(CelType.Object(@struct.Name), entries);
    }

    private CelValue EvaluateFold(ComprehensionExpr fold)
    {
        var range = Evaluate(fold.Range);
        if (range is not (ListValue or MapValue))
        {
            return range.IsError ? range : ErrorValue.NoSuchOverload;
        }

        // What only the macro can see may grow in place.
        CelValue accumulated = fold.Init switch
        {
            ListExpr { Elements.Count: 0 } => new GrowingListValue(),
            MapExpr { Entries.Count: 0 } => DictionaryMapValue.New(),
            _ => Evaluate(fold.Init),
        };
        var slot = _locals.Count;
        _locals.Add((fold.AccuVar, accumulated));
        foreach (var (first, second) in Entries(range, fold.IterVar2 is not null))
        {
            _locals.Add((fold.IterVar, first));
            if (fold.IterVar2 is { } name)
            {
                _locals.Add((name, second!));
            }

            var goOn = Evaluate(fold.Condition);
            if (goOn is BoolValue { Value: false })
            {
                _locals.RemoveRange(slot + 1, _locals.Count - slot - 1);
                break;
            }

            var next = goOn.IsError ? goOn : Evaluate(fold.Step);
            _locals.RemoveRange(slot + 1, _locals.Count - slot - 1);
            _locals[slot] = (fold.AccuVar, next);
        }

        var result = Evaluate(fold.Result);
        _locals.RemoveAt(slot);
        return result is GrowingListValue list ? ListValue.Of(list) : result;
    }

    private static IEnumerable<(CelValue First, CelValue? Second)> Entries(CelValue range, bool two)
    {
        if (range is ListValue list)
        {
            for (var i = 0; i < list.Count; i++)
            {
                yield return two ? (IntValue.Of(i), list[i]) : (list[i], null);
            }

            yield break;
        }

        var map = (MapValue)range;
        foreach (var key in map.Keys)
        {
            yield return (key, two ? map.Find(key) : null);
        }
    }
}
