using Kube.Cel.Values;

namespace Kube.Cel.Syntax;

/// <summary>
/// The macros: calls that become other expressions before they are checked. All but has() and the optional ones are
/// folds over a list or map.
/// </summary>
internal static class Macros
{
    /// <summary>No source can spell it, so no variable can hide it.</summary>
    private const string Accumulator = "@result";

    /// <summary>What a call becomes; null when it is no macro's.</summary>
    /// <param name="issues">Takes what is wrong with a macro's arguments.</param>
    public static Expr? Expand(CallExpr call, List<CelIssue> issues)
    {
        var expansion = new Expansion(call, issues);
        if (call.Target is null)
        {
            return (call.Function, call.Args.Count) == ("has", 1) ? expansion.Has() : null;
        }

        return (call.Function, call.Args.Count) switch
        {
            ("all", 2) => expansion.All(two: false),
            ("all", 3) => expansion.All(two: true),
            ("exists", 2) => expansion.Exists(two: false),
            ("exists", 3) => expansion.Exists(two: true),
            ("exists_one" or "existsOne", 2) => expansion.ExistsOne(two: false),
            ("exists_one" or "existsOne", 3) => expansion.ExistsOne(two: true),
            ("map", 2 or 3) => expansion.TransformList(two: false),
            ("filter", 2) => expansion.Filter(),
            ("transformList", 3 or 4) => expansion.TransformList(two: true),
            ("transformMap", 3 or 4) => expansion.TransformMap(entries: false),
            ("transformMapEntry", 3 or 4) => expansion.TransformMap(entries: true),
            ("optMap", 2) => expansion.OptionalMap(flat: false),
            ("optFlatMap", 2) => expansion.OptionalMap(flat: true),
            _ => null,
        };
    }

    private sealed class Expansion(CallExpr call, List<CelIssue> issues)
    {
        private int At => call.Offset;

        private Expr Result => new IdentExpr(At, Accumulator);

        public Expr Has()
        {
            if (call.Args[0] is SelectExpr { TestOnly: false } select)
            {
                return select with { TestOnly = true };
            }

            issues.Add(new CelIssue(call.Args[0].Offset, "invalid argument to has() macro"));
            return call;
        }

        public Expr All(bool two) => Fold(two, Literal(true), NotStrictlyFalse(Result), Call(Operators.And, Result, call.Args[^1]), Result);

        public Expr Exists(bool two) =>
            Fold(two, Literal(false), NotStrictlyFalse(Call(Operators.Not, Result)), Call(Operators.Or, Result, call.Args[^1]), Result);

        public Expr ExistsOne(bool two) => Fold(
            two,
            Literal(0),
            Literal(true),
            Call(Operators.Conditional, call.Args[^1], Call(Operators.Add, Result, Literal(1)), Result),
            Call(Operators.Equal, Result, Literal(1)));

        public Expr TransformList(bool two)
        {
            var step = Call(Operators.Add, Result, List(call.Args[^1]));
            return Fold(two, List(), Literal(true), Filtered(two, step), Result);
        }

        public Expr Filter() => Fold(
            false,
            List(),
            Literal(true),
            Call(Operators.Conditional, call.Args[1], Call(Operators.Add, Result, List(call.Args[0])), Result),
            Result);

        public Expr TransformMap(bool entries)
        {
            var step = entries ? Call(Operators.MapInsert, Result, call.Args[^1]) : Call(Operators.MapInsert, Result, call.Args[0], call.Args[^1]);
            return Fold(true, new MapExpr(At, []), Literal(true), Filtered(true, step), Result);
        }

        /// <summary>x.optMap(v, e): e with v for the value of x, or none.</summary>
        public Expr OptionalMap(bool flat)
        {
            if (Variable(call.Args[0]) is not { } name)
            {
                return call;
            }

            // The target has a name of its own: as it stands it would be worked out twice, and twice again at each level.
            var target = new IdentExpr(At, "@target");
            var optional = new IdentExpr(At, "optional");
            var mapped = Bind(name, new CallExpr(At, "value", target, []), call.Args[1]);
            return Bind(target.Name, call.Target!, Call(
                Operators.Conditional,
                new CallExpr(At, "hasValue", target, []),
                flat ? mapped : new CallExpr(At, "of", optional, [mapped]),
                new CallExpr(At, "none", optional, [])));
        }

        /// <summary>An expression in which a name has a value: a fold over nothing.</summary>
        private ComprehensionExpr Bind(string name, Expr value, Expr result) =>
            new(At, "#unused", null, List(), name, value, Literal(false), new IdentExpr(At, name), result);

        private Expr Filtered(bool two, Expr step) =>
            call.Args.Count == (two ? 4 : 3) ? Call(Operators.Conditional, call.Args[two ? 2 : 1], step, Result) : step;

        private Expr Fold(bool two, Expr init, Expr condition, Expr step, Expr result)
        {
            var first = Variable(call.Args[0]);
            var second = two ? Variable(call.Args[1]) : null;
            if (first is null || (two && second is null))
            {
                return call;
            }

            if (first == second)
            {
                issues.Add(new CelIssue(call.Args[1].Offset, $"duplicate variable name: {second}"));
                return call;
            }

            return new ComprehensionExpr(At, first, second, call.Target!, Accumulator, init, condition, step, result);
        }

        private string? Variable(Expr arg)
        {
            if (arg is IdentExpr ident && !ident.Name.StartsWith('.'))
            {
                return ident.Name;
            }

            issues.Add(new CelIssue(arg.Offset, "argument must be a simple name"));
            return null;
        }

        private Expr NotStrictlyFalse(Expr arg) => Call(Operators.NotStrictlyFalse, arg);

        private Expr Call(string function, params Expr[] args) => new CallExpr(At, function, null, args);

        private Expr List(params Expr[] elements) => new ListExpr(At, elements, EmptyIndices);

        private Expr Literal(bool value) => new LiteralExpr(At, BoolValue.Of(value));

        private Expr Literal(long value) => new LiteralExpr(At, IntValue.Of(value));
    }

    private static readonly HashSet<int> EmptyIndices = [];
}
