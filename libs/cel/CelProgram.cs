using Kube.Cel.Checking;
using Kube.Cel.Evaluation;
using Kube.Cel.Types;
using Kube.Cel.Values;

namespace Kube.Cel;

/// <summary>Gives variables their values.</summary>
public interface ICelVariables
{
    /// <summary>The value of a variable by its whole name; null when it has none.</summary>
    CelValue? Find(string name);
}

/// <summary>Variables from a dictionary.</summary>
public sealed class CelVariables(IReadOnlyDictionary<string, CelValue> values) : ICelVariables
{
    public static CelVariables None { get; } = new(new Dictionary<string, CelValue>());

    public CelValue? Find(string name) => values.GetValueOrDefault(name);
}

/// <summary>A compiled expression. Immutable: one program serves any number of threads.</summary>
public sealed class CelProgram
{
    private readonly CheckedExpr _checked;
    private readonly CelEnvironment _environment;

    internal CelProgram(string source, CheckedExpr @checked, CelEnvironment environment)
    {
        Source = source;
        _checked = @checked;
        _environment = environment;
    }

    public string Source { get; }

    /// <summary>The type of the result, as far as it can be told beforehand.</summary>
    public CelType ResultType => _checked.Type;

    /// <summary>
    /// Works out the expression. A failure is an <see cref="ErrorValue"/>; so is an expression that costs more than the
    /// meter has left, which then <see cref="CostMeter.IsExceeded"/>.
    /// </summary>
    public CelValue Evaluate(ICelVariables variables, CostMeter meter)
    {
        try
        {
            return new Evaluator(variables, _environment, meter).Evaluate(_checked.Expr);
        }
        catch (CostExceededException exceeded)
        {
            return new ErrorValue(exceeded.Message);
        }
    }
}
