using Kube.Cel.Evaluation;
using Kube.Cel.Libraries;
using Kube.Cel.Values;

namespace Kube.Cel.Tests;

/// <summary>Works out expressions for tests.</summary>
internal static class Expressions
{
    public const long Limit = 1_000_000;

    public static CelValue Evaluate(string source, CelEnvironment? environment = null, IReadOnlyDictionary<string, CelValue>? variables = null) =>
        (environment ?? KubernetesLibraries.Base).Compile(source).Evaluate(
            variables is null ? CelVariables.None : new CelVariables(variables), new CostMeter(Limit));

    /// <summary>The value as text; "error: ..." for a failure and "compile: ..." for what cannot be compiled.</summary>
    public static string Show(string source)
    {
        try
        {
            return Evaluate(source) switch
            {
                ErrorValue error => "error: " + error.Message,
                var value => Show(value),
            };
        }
        catch (CelCompileException exception)
        {
            return "compile: " + exception.Issues[0].Message;
        }
    }

    private static string Show(CelValue value) => value switch
    {
        StringValue s => $"'{s.Value}'",
        UintValue u => u + "u",
        BytesValue b => "b" + Convert.ToHexStringLower(b.Value.Span),
        ListValue list => $"[{string.Join(", ", list.Select(Show))}]",
        MapValue map => $"{{{string.Join(", ", map.Keys.Select(key => $"{Show(key)}: {Show(map.Find(key)!)}").Order(StringComparer.Ordinal))}}}",
        _ => value.ToString()!,
    };
}
