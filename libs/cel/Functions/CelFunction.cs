using Kube.Cel.Types;
using Kube.Cel.Values;

namespace Kube.Cel.Functions;

/// <summary>What a call does. Gets no errors as arguments; returns an <see cref="ErrorValue"/> where it fails. Pure.</summary>
public delegate CelValue FunctionBody(ReadOnlySpan<CelValue> args);

/// <summary>What a call costs, by its arguments and result; at least what the work of it grows with.</summary>
public delegate long CallCost(ReadOnlySpan<CelValue> args, CelValue result);

/// <summary>One form of a function.</summary>
/// <param name="Params">Types of the arguments, the target of a member first.</param>
/// <param name="Result">Type of the result.</param>
/// <param name="IsMember">True for x.f(y), false for f(x, y).</param>
/// <param name="Body">What it does; null when the function has one body for all forms.</param>
public sealed record Overload(IReadOnlyList<CelType> Params, CelType Result, bool IsMember = false, FunctionBody? Body = null)
{
    /// <summary>What it costs; null for one unit.</summary>
    public CallCost? Cost { get; init; }

    /// <summary>True when values of these types may be its arguments.</summary>
    internal bool Accepts(ReadOnlySpan<CelValue> args)
    {
        if (args.Length != Params.Count)
        {
            return false;
        }

        for (var i = 0; i < args.Length; i++)
        {
            var (param, actual) = (Params[i], args[i].Type);
            if (param.Kind is not (TypeKind.Dyn or TypeKind.Parameter)
                && (param.Kind != actual.Kind || (param.Kind is TypeKind.Opaque && param.Name != actual.Name)))
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>A function or operator with its forms. Immutable.</summary>
/// <param name="Name">Its name, qualified where it has dots: "optional.of", "_+_".</param>
/// <param name="Body">Does the work of every form that has no body of its own, and tells by itself what it takes.</param>
public sealed record CelFunction(string Name, IReadOnlyList<Overload> Overloads, FunctionBody? Body = null)
{
    public CelFunction(string name, params Overload[] overloads)
        : this(name, overloads, null)
    {
    }

    /// <summary>Calls the form that takes the arguments.</summary>
    internal CelValue Call(ReadOnlySpan<CelValue> args, bool asMember, out CallCost? cost)
    {
        cost = null;
        foreach (var overload in Overloads)
        {
            if (overload.IsMember == asMember && overload.Accepts(args))
            {
                cost = overload.Cost;
                return (overload.Body ?? Body)!(args);
            }
        }

        return ErrorValue.NoSuchOverload;
    }
}

/// <summary>Functions by name. Immutable.</summary>
public sealed class FunctionTable
{
    private readonly Dictionary<string, CelFunction> _byName;

    public FunctionTable(IEnumerable<CelFunction> functions)
        : this([], functions)
    {
    }

    private FunctionTable(Dictionary<string, CelFunction> known, IEnumerable<CelFunction> functions)
    {
        _byName = new Dictionary<string, CelFunction>(known, StringComparer.Ordinal);
        foreach (var function in functions)
        {
            _byName[function.Name] = _byName.TryGetValue(function.Name, out var other)
                ? new CelFunction(function.Name, [.. WithBody(other), .. WithBody(function)])
                : function;
        }
    }

    /// <summary>The table with more functions. Those of one name are one function with the forms of both.</summary>
    public FunctionTable With(IEnumerable<CelFunction> functions) => new(_byName, functions);

    public CelFunction? Find(string name) => _byName.GetValueOrDefault(name);

    private static IEnumerable<Overload> WithBody(CelFunction function) =>
        function.Overloads.Select(overload => overload.Body is null ? overload with { Body = function.Body } : overload);
}

/// <summary>Costs that many functions have in common, by cel-go's and Kubernetes' factors.</summary>
internal static class Costs
{
    private const double Traversal = 0.1;
    private const double RegexLength = 0.25;

    public static CallCost Fixed(long cost) => (_, _) => cost;

    /// <summary>Going through the first argument once, or several times.</summary>
    public static CallCost Traverse(double times = 1) => (args, _) => Part(args[0].Size * times);

    /// <summary>An element at a time.</summary>
    public static CallCost Elements(int arg = 0) => (args, _) => args[arg].Size;

    public static CallCost Result(double times) => (_, result) => Part(result.Size * times);

    public static CallCost Both() => (args, _) => Part(args[0].Size + (double)args[1].Size);

    public static CallCost Shorter() => (args, _) => Part(Math.Min(args[0].Size, args[1].Size));

    public static CallCost Product() => (args, _) => Part(args[0].Size) * Part(args[1].Size);

    public static CallCost Regex() => (args, _) => Part(args[0].Size + 1.0) * (long)Math.Ceiling(args[1].Size * RegexLength);

    private static long Part(double size) => (long)Math.Ceiling(size * Traversal);
}
