using Kube.Cel.Values;

namespace Kube.Cel.Syntax;

/// <summary>A node of a parsed expression. Immutable.</summary>
/// <param name="Offset">Where it begins, in code points.</param>
/// <param name="Depth">Nodes from here down to the deepest one below.</param>
public abstract record Expr(int Offset, int Depth);

public sealed record LiteralExpr(int Offset, CelValue Value) : Expr(Offset, 1);

/// <summary>A name; with a leading dot it is looked up in the root scope alone. After checking it is the whole name of a variable.</summary>
public sealed record IdentExpr(int Offset, string Name) : Expr(Offset, 1);

/// <summary>A field of a value.</summary>
/// <param name="TestOnly">True for has(): whether the field is there.</param>
public sealed record SelectExpr(int Offset, Expr Operand, string Field, bool TestOnly) : Expr(Offset, Operand.Depth + 1);

/// <summary>A call of a function or operator; with a target, as its member.</summary>
public sealed record CallExpr(int Offset, string Function, Expr? Target, IReadOnlyList<Expr> Args)
    : Expr(Offset, Math.Max(Target?.Depth ?? 0, DepthOf(Args)) + 1)
{
    internal static int DepthOf(IEnumerable<Expr> nodes) => nodes.Select(node => node.Depth).DefaultIfEmpty().Max();
}

/// <summary>A list.</summary>
/// <param name="Optional">Indices of elements that are left out when they have no value.</param>
public sealed record ListExpr(int Offset, IReadOnlyList<Expr> Elements, IReadOnlySet<int> Optional) : Expr(Offset, CallExpr.DepthOf(Elements) + 1);

public sealed record MapEntry(Expr Key, Expr Value, bool Optional);

public sealed record MapExpr(int Offset, IReadOnlyList<MapEntry> Entries)
    : Expr(Offset, CallExpr.DepthOf(Entries.SelectMany(entry => new[] { entry.Key, entry.Value })) + 1);

public sealed record StructField(string Name, Expr Value, bool Optional);

/// <summary>An object of a named type.</summary>
public sealed record StructExpr(int Offset, string Name, IReadOnlyList<StructField> Fields)
    : Expr(Offset, CallExpr.DepthOf(Fields.Select(field => field.Value)) + 1);

/// <summary>What the macros over lists and maps become: a fold.</summary>
/// <param name="IterVar">Takes each element or key; with a second variable, each index or key.</param>
/// <param name="IterVar2">Takes each value; null when there is one variable.</param>
/// <param name="AccuVar">Holds what has been gathered.</param>
/// <param name="Condition">Ends the fold when it is false.</param>
public sealed record ComprehensionExpr(
    int Offset, string IterVar, string? IterVar2, Expr Range, string AccuVar, Expr Init, Expr Condition, Expr Step, Expr Result)
    : Expr(Offset, CallExpr.DepthOf([Range, Init, Condition, Step, Result]) + 1);

/// <summary>Functions that operators stand for.</summary>
internal static class Operators
{
    public const string And = "_&&_";
    public const string Or = "_||_";
    public const string Conditional = "_?_:_";
    public const string Not = "!_";
    public const string Negate = "-_";
    public const string Equal = "_==_";
    public const string NotEqual = "_!=_";
    public const string Less = "_<_";
    public const string LessOrEqual = "_<=_";
    public const string Greater = "_>_";
    public const string GreaterOrEqual = "_>=_";
    public const string Add = "_+_";
    public const string Subtract = "_-_";
    public const string Multiply = "_*_";
    public const string Divide = "_/_";
    public const string Modulo = "_%_";
    public const string Index = "_[_]";
    public const string OptionalIndex = "_[?_]";
    public const string OptionalSelect = "_?._";
    public const string In = "@in";
    public const string NotStrictlyFalse = "@not_strictly_false";

    /// <summary>Adds to the map that a macro builds.</summary>
    public const string MapInsert = "cel.@mapInsert";
}
