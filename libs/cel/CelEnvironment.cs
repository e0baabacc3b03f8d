using System.Collections.Frozen;
using Kube.Cel.Checking;
using Kube.Cel.Functions;
using Kube.Cel.Syntax;
using Kube.Cel.Types;

namespace Kube.Cel;

/// <summary>What expressions may name: variables, functions, types and fields. Immutable and thread-safe.</summary>
public sealed record CelEnvironment
{
    /// <summary>Type values that expressions may name, beside what libraries bring.</summary>
    private static readonly FrozenDictionary<string, CelType> StandardTypes = new[]
    {
        CelType.Bool, CelType.Bytes, CelType.Double, CelType.Duration, CelType.Int, CelType.Null, CelType.String, CelType.Timestamp, CelType.Type, CelType.Uint,
        CelType.ListOf(CelType.Dyn), CelType.MapOf(CelType.Dyn, CelType.Dyn), CelType.OptionalOf(CelType.Dyn),
    }.ToFrozenDictionary(type => type.Name);

    /// <summary>Types of variables by whole name, which may have dots.</summary>
    public IReadOnlyDictionary<string, CelType> Variables { get; init; } = new Dictionary<string, CelType>();

    /// <summary>The functions; the operators are among them.</summary>
    public FunctionTable Functions { get; init; } = new(StandardLibrary.Functions);

    /// <summary>Types by name.</summary>
    public IReadOnlyDictionary<string, CelType> TypeNames { get; init; } = StandardTypes;

    public IFieldSource Fields { get; init; } = NoFields.Instance;

    /// <summary>True when elements of one list may be of several types.</summary>
    public bool HeterogeneousLiterals { get; init; }

    /// <summary>The environment with another variable.</summary>
    public CelEnvironment WithVariable(string name, CelType type) =>
        this with { Variables = new Dictionary<string, CelType>(Variables, StringComparer.Ordinal) { [name] = type } };

    /// <summary>The environment with more functions and the types that they bring.</summary>
    public CelEnvironment WithLibraries(IEnumerable<CelFunction> functions, params IEnumerable<CelType> types)
    {
        var names = new Dictionary<string, CelType>(TypeNames, StringComparer.Ordinal);
        foreach (var type in types)
        {
            names[type.Name] = type;
        }

        return this with { Functions = Functions.With(functions), TypeNames = names };
    }

    /// <summary>Parses and checks an expression.</summary>
    /// <exception cref="CelCompileException">It is no expression, names what is not there, or its types do not fit.</exception>
    public CelProgram Compile(string source)
    {
        var issues = new List<CelIssue>();
        var @checked = Checker.Check(Parser.Parse(source), this, issues);
        LiteralChecks.Check(@checked.Expr, issues);
        return issues.Count == 0 ? new CelProgram(source, @checked, this) : throw new CelCompileException(source, issues);
    }

    /// <summary>Parses an expression and resolves its names, with types left to evaluation.</summary>
    /// <exception cref="CelCompileException">It is no expression.</exception>
    internal CelProgram CompileUnchecked(string source) => new(source, Checker.Check(Parser.Parse(source), this, []), this);
}
