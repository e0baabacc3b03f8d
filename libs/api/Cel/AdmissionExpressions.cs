using Kube.Cel;
using Kube.Cel.Libraries;
using Kube.Cel.Types;

namespace Kube.Api.Cel;

/// <summary>
/// Compiles the expressions of admission: of policies, and the match conditions of webhooks. One compiler serves one
/// policy, whose variables it gets to know one after the other. For one thread.
/// </summary>
public sealed class AdmissionExpressions
{
    /// <summary>Most that one expression may cost.</summary>
    public const long PerCallLimit = 1_000_000;

    /// <summary>Most that all validations of a policy may cost for one request.</summary>
    public const long PolicyBudget = 10_000_000;

    /// <summary>Most that match conditions may cost for one request.</summary>
    public const long MatchBudget = PolicyBudget / 4;

    private const string VariablesType = "kubernetes.variables";

    private static readonly CelEnvironment Base = KubernetesLibraries.Base.WithLibraries(
        [.. QuantityLibrary.Functions, .. FormatLibrary.Functions, .. AuthorizerLibrary.Functions],
        [QuantityLibrary.QuantityType, FormatLibrary.FormatType, .. AuthorizerLibrary.Types]);

    private readonly Dictionary<string, CelType> _variables = new(StringComparer.Ordinal);
    private readonly CelEnvironment _plain;
    private readonly CelEnvironment _authorizing;

    /// <param name="hasParams">True when expressions may name "params".</param>
    /// <param name="hasVariables">True when expressions may name "variables".</param>
    public AdmissionExpressions(bool hasParams, bool hasVariables)
        : this(hasParams, hasVariables, CelType.Dyn, CelType.Dyn, declared => declared)
    {
    }

    /// <param name="objectType">The type of "object" and "oldObject".</param>
    /// <param name="paramsType">The type of "params".</param>
    /// <param name="fields">Adds the fields of those types to the ones known here.</param>
    internal AdmissionExpressions(bool hasParams, bool hasVariables, CelType objectType, CelType paramsType, Func<DeclaredTypes, IFieldSource> fields)
    {
        var types = new Dictionary<string, IReadOnlyDictionary<string, CelType>>(DeclaredTypes.Admission, StringComparer.Ordinal);
        var variables = new Dictionary<string, CelType>(StringComparer.Ordinal)
        {
            ["object"] = objectType,
            ["oldObject"] = objectType,
            ["request"] = CelType.Object("kubernetes.AdmissionRequest"),
            ["namespaceObject"] = CelType.Object("kubernetes.Namespace"),
        };
        if (hasParams)
        {
            variables["params"] = paramsType;
        }

        if (hasVariables)
        {
            variables["variables"] = CelType.Object(VariablesType);
            types[VariablesType] = _variables;
        }

        _plain = Base with { Variables = variables, Fields = fields(new DeclaredTypes(types)) };
        _authorizing = _plain
            .WithVariable("authorizer", AuthorizerLibrary.AuthorizerType)
            .WithVariable("authorizer.requestResource", AuthorizerLibrary.ResourceCheckType);
    }

    /// <summary>Compiles an expression.</summary>
    /// <param name="expression">The expression.</param>
    /// <param name="mayAuthorize">True when it may ask the authorizer.</param>
    /// <param name="results">Types that the result may have; none for any.</param>
    public CompiledExpression Compile(string expression, bool mayAuthorize, params CelType[] results)
    {
        CelProgram program;
        try
        {
            program = (mayAuthorize ? _authorizing : _plain).Compile(expression);
        }
        catch (CelCompileException exception)
        {
            return new CompiledExpression(expression, null, "compilation failed: " + exception.Message);
        }

        if (results.Length == 0 || results.Contains(program.ResultType))
        {
            return new CompiledExpression(expression, program, null);
        }

        var wanted = results.Length == 1 ? NameOf(results[0]) : $"one of [{string.Join(" ", results.Select(NameOf))}]";
        return new CompiledExpression(expression, null, $"must evaluate to {wanted} but got {NameOf(program.ResultType)}");
    }

    /// <summary>What is wrong with an expression, in the language's own words, whatever it results in; null for nothing.</summary>
    internal string? IssuesOf(string expression)
    {
        try
        {
            _authorizing.Compile(expression);
            return null;
        }
        catch (CelCompileException exception)
        {
            return exception.Message;
        }
    }

    /// <summary>Compiles a variable, which later expressions may then name. One that cannot be compiled may hold anything.</summary>
    public CompiledExpression CompileVariable(string name, string expression)
    {
        var compiled = Compile(expression, mayAuthorize: true);
        _variables[name] = compiled.Program?.ResultType ?? CelType.Dyn;
        return compiled;
    }

    private static string NameOf(CelType type) => type.Kind == TypeKind.Null ? type.Name : type.ToString();
}

/// <summary>An expression, with its program or with why there is none. Immutable.</summary>
public sealed record CompiledExpression(string Expression, CelProgram? Program, string? Fault);
