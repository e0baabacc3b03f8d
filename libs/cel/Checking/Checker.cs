using Kube.Cel.Functions;
using Kube.Cel.Syntax;
using Kube.Cel.Types;
using Kube.Cel.Values;

namespace Kube.Cel.Checking;

/// <summary>
/// Resolves names and checks types. The result has the same shape as the source, with qualified names of variables and
/// functions put together. What the types do not tell is dynamic and left to evaluation.
/// </summary>
internal sealed class Checker
{
    private readonly CelEnvironment _environment;
    private readonly TypeMapping _mapping = new();
    private readonly List<CelIssue> _issues;
    private readonly List<(string Name, CelType Type)> _locals = [];

    private Checker(CelEnvironment environment, List<CelIssue> issues)
    {
        _environment = environment;
        _issues = issues;
    }

    /// <summary>Checks an expression; <paramref name="issues"/> takes what is wrong.</summary>
    public static CheckedExpr Check(Expr expr, CelEnvironment environment, List<CelIssue> issues)
    {
        var checker = new Checker(environment, issues);
        var result = checker.Visit(expr);
        return new CheckedExpr(result.Expr, checker._mapping.Resolve(result.Type, openToDynamic: true));
    }

    private CheckedExpr Visit(Expr expr) => expr switch
    {
        LiteralExpr literal => new(literal, literal.Value.Type),
        IdentExpr ident => VisitIdent(ident),
        SelectExpr select => VisitSelect(select),
        CallExpr call => VisitCall(call),
        ListExpr list => VisitList(list),
        MapExpr map => VisitMap(map),
        StructExpr @struct => VisitStruct(@struct),
        ComprehensionExpr comprehension => VisitComprehension(comprehension),
        _ => throw new InvalidOperationException($"no check for {expr.GetType().Name}"),
    };

    private CheckedExpr VisitIdent(IdentExpr ident)
    {
        if (FindName(ident.Name) is { } found)
        {
            return new(ident with { Name = found.Name }, found.Type);
        }

        _issues.Add(new CelIssue(ident.Offset, $"undeclared reference to '{ident.Name}' (in container '')"));
        return new(ident, CelType.Error);
    }

    private CheckedExpr VisitSelect(SelectExpr select)
    {
        if (!select.TestOnly && QualifiedName(select) is { } name && FindName(name) is { } found)
        {
            return new(new IdentExpr(select.Offset, found.Name), found.Type);
        }

        var operand = Visit(select.Operand);
        var type = FieldType(select.Offset, operand.Type, select.Field, optional: false);
        return new(select with { Operand = operand.Expr }, select.TestOnly ? CelType.Bool : type);
    }

    /// <summary>The type of a field or key of a value.</summary>
    private CelType FieldType(int offset, CelType operand, string field, bool optional)
    {
        var target = _mapping.Resolve(operand, openToDynamic: false);
        if (target.IsOptional)
        {
            return CelType.OptionalOf(FieldType(offset, target.Parameters[0], field, optional: false));
        }

        CelType type;
        switch (target.Kind)
        {
            case TypeKind.Dyn or TypeKind.Error:
                type = CelType.Dyn;
                break;
            case TypeKind.Parameter:
                _mapping.Assign(CelType.Dyn, target);
                type = CelType.Dyn;
                break;
            case TypeKind.Map:
                type = target.Parameters[1];
                break;
            case TypeKind.Object:
                if (_environment.Fields.FieldOf(target.Name, field) is not { } known)
                {
                    _issues.Add(new CelIssue(offset, $"undefined field '{field}'"));
                    return CelType.Error;
                }

                type = known;
                break;
            default:
                _issues.Add(new CelIssue(offset, $"type '{_mapping.Resolve(target, openToDynamic: true)}' does not support field selection"));
                return CelType.Error;
        }

        return optional ? CelType.OptionalOf(type) : type;
    }

    private CheckedExpr VisitCall(CallExpr call)
    {
        if (call.Function == Operators.OptionalSelect)
        {
            var operand = Visit(call.Args[0]);
            var field = ((StringValue)((LiteralExpr)call.Args[1]).Value).Value;
            var target = _mapping.Resolve(operand.Type, openToDynamic: false);
            return new(call with { Args = [operand.Expr, call.Args[1]] }, FieldType(call.Offset, target, field, optional: !target.IsOptional));
        }

        if (call.Target is null)
        {
            return VisitFunction(call, call.Function.TrimStart('.'), null);
        }

        if (QualifiedName(call.Target) is { } prefix && !IsVariable(call.Target) && _environment.Functions.Find($"{prefix.TrimStart('.')}.{call.Function}") is { } qualified)
        {
            return VisitFunction(call with { Target = null, Function = qualified.Name }, qualified.Name, null);
        }

        return VisitFunction(call, call.Function, Visit(call.Target));
    }

    private CheckedExpr VisitFunction(CallExpr call, string name, CheckedExpr? target)
    {
        var args = call.Args.Select(Visit).ToList();
        var resolved = call with { Function = name, Target = target?.Expr, Args = [.. args.Select(arg => arg.Expr)] };
        if (_environment.Functions.Find(name) is not { } function)
        {
            _issues.Add(new CelIssue(call.Offset, $"undeclared reference to '{name}' (in container '')"));
            return new(resolved, CelType.Error);
        }

        IReadOnlyList<CelType> types = target is null ? [.. args.Select(arg => arg.Type)] : [target.Type, .. args.Select(arg => arg.Type)];
        return new(resolved, ResultOf(call.Offset, function, types, target is not null));
    }

    private CelType ResultOf(int offset, CelFunction function, IReadOnlyList<CelType> types, bool isMember)
    {
        CelType? result = null;
        foreach (var overload in function.Overloads.Where(overload => overload.IsMember == isMember))
        {
            var (parameters, declared) = Instantiate(overload);
            if (!_mapping.AssignAll(types, parameters))
            {
                continue;
            }

            var type = _mapping.Resolve(declared, openToDynamic: false);
            if (result is not null && !result.Equals(type))
            {
                return CelType.Dyn;
            }

            result = type;
        }

        if (result is null)
        {
            _issues.Add(new CelIssue(offset, $"found no matching overload for '{function.Name}' applied to '{Signature(types, isMember)}'"));
        }

        return result ?? CelType.Error;
    }

    private string Signature(IReadOnlyList<CelType> types, bool isMember)
    {
        var shown = types.Select(type => _mapping.Resolve(type, openToDynamic: true).ToString()).ToList();
        return isMember ? $"{shown[0]}.({string.Join(", ", shown.Skip(1))})" : $"({string.Join(", ", shown)})";
    }

    /// <summary>A form with parameters of its own, so that two calls of it do not meet.</summary>
    private (IReadOnlyList<CelType> Params, CelType Result) Instantiate(Overload overload)
    {
        var fresh = new Dictionary<string, CelType>(StringComparer.Ordinal);
        CelType Replace(CelType type)
        {
            if (type.Kind == TypeKind.Parameter)
            {
                return fresh.TryGetValue(type.Name, out var known) ? known : fresh[type.Name] = _mapping.Fresh();
            }

            return type.Parameters.Count == 0 ? type : type.With(type.Parameters.Select(Replace));
        }

        return ([.. overload.Params.Select(Replace)], Replace(overload.Result));
    }

    private CheckedExpr VisitList(ListExpr list)
    {
        var elements = new List<Expr>();
        CelType? common = null;
        for (var i = 0; i < list.Elements.Count; i++)
        {
            var element = Visit(list.Elements[i]);
            elements.Add(element.Expr);
            common = Join(element, common, list.Optional.Contains(i));
        }

        return new(list with { Elements = elements }, CelType.ListOf(common ?? _mapping.Fresh()));
    }

    private CheckedExpr VisitMap(MapExpr map)
    {
        var entries = new List<MapEntry>();
        CelType? keys = null;
        CelType? values = null;
        foreach (var entry in map.Entries)
        {
            var (key, value) = (Visit(entry.Key), Visit(entry.Value));
            entries.Add(entry with { Key = key.Expr, Value = value.Expr });
            keys = Join(key, keys, optional: false);
            values = Join(value, values, entry.Optional);
        }

        return new(map with { Entries = entries }, CelType.MapOf(keys ?? _mapping.Fresh(), values ?? _mapping.Fresh()));
    }

    private CelType Join(CheckedExpr element, CelType? common, bool optional)
    {
        var type = element.Type;
        if (optional)
        {
            var resolved = _mapping.Resolve(type, openToDynamic: false);
            if (!resolved.IsOptional && !resolved.IsDynamic)
            {
                _issues.Add(new CelIssue(element.Expr.Offset, $"expected type 'optional_type(dyn)' but found '{resolved}'"));
            }

            type = resolved.IsOptional ? resolved.Parameters[0] : CelType.Dyn;
        }

        if (common is null)
        {
            return type;
        }

        if (_mapping.Assign(common, type))
        {
            return TypeMapping.MostGeneral(common, type);
        }

        if (_environment.HeterogeneousLiterals)
        {
            return CelType.Dyn;
        }

        _issues.Add(new CelIssue(
            element.Expr.Offset, $"expected type '{_mapping.Resolve(common, openToDynamic: true)}' but found '{_mapping.Resolve(type, openToDynamic: true)}'"));
        return CelType.Error;
    }

    private CheckedExpr VisitStruct(StructExpr @struct)
    {
        var name = @struct.Name.TrimStart('.');
        if (!_environment.Fields.HasType(name))
        {
            _issues.Add(new CelIssue(@struct.Offset, $"undeclared reference to '{@struct.Name}' (in container '')"));
            return new(@struct, CelType.Error);
        }

        var fields = new List<StructField>();
        foreach (var field in @struct.Fields)
        {
            var value = Visit(field.Value);
            fields.Add(field with { Value = value.Expr });
            if (_environment.Fields.FieldOf(name, field.Name) is not { } declared)
            {
                _issues.Add(new CelIssue(value.Expr.Offset, $"undefined field '{field.Name}'"));
            }
            else if (!_mapping.Assign(field.Optional ? value.Type : declared, field.Optional ? CelType.OptionalOf(declared) : value.Type))
            {
                _issues.Add(new CelIssue(value.Expr.Offset, $"expected type of field '{field.Name}' is '{declared}' but provided type is '{_mapping.Resolve(value.Type, true)}'"));
            }
        }

        return new(@struct with { Name = name, Fields = fields }, CelType.Object(name));
    }

    private CheckedExpr VisitComprehension(ComprehensionExpr fold)
    {
        var range = Visit(fold.Range);
        var init = Visit(fold.Init);
        var (first, second) = VariableTypes(fold, range);
        _locals.Add((fold.AccuVar, init.Type));
        _locals.Add((fold.IterVar, first));
        if (fold.IterVar2 is { } name)
        {
            _locals.Add((name, second));
        }

        var condition = Expect(Visit(fold.Condition), CelType.Bool);
        var step = Expect(Visit(fold.Step), init.Type);
        _locals.RemoveRange(_locals.Count - (fold.IterVar2 is null ? 1 : 2), fold.IterVar2 is null ? 1 : 2);
        var result = Visit(fold.Result);
        _locals.RemoveAt(_locals.Count - 1);
        return new(
            fold with { Range = range.Expr, Init = init.Expr, Condition = condition.Expr, Step = step.Expr, Result = result.Expr },
            _mapping.Resolve(result.Type, openToDynamic: false));
    }

    /// <summary>The types that a fold's variables take from what it goes over.</summary>
    private (CelType First, CelType Second) VariableTypes(ComprehensionExpr fold, CheckedExpr range)
    {
        var type = _mapping.Resolve(range.Type, openToDynamic: false);
        var two = fold.IterVar2 is not null;
        switch (type.Kind)
        {
            case TypeKind.List:
                return two ? (CelType.Int, type.Parameters[0]) : (type.Parameters[0], CelType.Dyn);
            case TypeKind.Map:
                return (type.Parameters[0], type.Parameters[1]);
            case TypeKind.Dyn or TypeKind.Error:
                return (CelType.Dyn, CelType.Dyn);
            case TypeKind.Parameter:
                _mapping.Assign(CelType.Dyn, type);
                return (CelType.Dyn, CelType.Dyn);
            default:
                _issues.Add(new CelIssue(fold.Range.Offset, $"expression of type '{_mapping.Resolve(type, openToDynamic: true)}' cannot be range of a comprehension (must be list, map, or dynamic)"));
                return (CelType.Error, CelType.Error);
        }
    }

    private CheckedExpr Expect(CheckedExpr actual, CelType expected)
    {
        if (!_mapping.Assign(actual.Type, expected))
        {
            _issues.Add(new CelIssue(
                actual.Expr.Offset,
                $"expected type '{_mapping.Resolve(expected, openToDynamic: true)}' but found '{_mapping.Resolve(actual.Type, openToDynamic: true)}'"));
        }

        return actual;
    }

    private (string Name, CelType Type)? FindName(string name)
    {
        if (!name.StartsWith('.'))
        {
            if (name.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot && _locals.Exists(local => local.Name == name[..dot]))
            {
                // The first word is a macro's variable, so the rest are its fields.
                return null;
            }

            for (var i = _locals.Count - 1; i >= 0; i--)
            {
                if (_locals[i].Name == name)
                {
                    return _locals[i];
                }
            }
        }

        // A dot before a name keeps the variables of macros from hiding it; evaluation must know that too.
        var global = name.TrimStart('.');
        if (_environment.Variables.TryGetValue(global, out var type))
        {
            return (_locals.Exists(local => local.Name == global) ? "." + global : global, type);
        }

        return _environment.TypeNames.TryGetValue(global, out var named) ? (global, CelType.TypeOf(named)) : null;
    }

    private bool IsVariable(Expr expr) => expr switch
    {
        IdentExpr ident => FindName(ident.Name) is not null,
        SelectExpr select => (QualifiedName(select) is { } name && FindName(name) is not null) || IsVariable(select.Operand),
        _ => false,
    };

    private static string? QualifiedName(Expr expr) => expr switch
    {
        IdentExpr ident => ident.Name,
        SelectExpr { TestOnly: false } select when QualifiedName(select.Operand) is { } operand => operand + "." + select.Field,
        _ => null,
    };
}
