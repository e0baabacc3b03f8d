using Kube.Cel.Functions;
using Kube.Cel.Syntax;
using Kube.Cel.Values;

namespace Kube.Cel.Checking;

/// <summary>Arguments that are literals and could never work: times, durations and regular expressions.</summary>
internal static class LiteralChecks
{
    public static void Check(Expr expr, List<CelIssue> issues)
    {
        switch (expr)
        {
            case SelectExpr select:
                Check(select.Operand, issues);
                break;
            case CallExpr call:
                CheckCall(call, issues);
                foreach (var arg in call.Target is null ? call.Args : [call.Target, .. call.Args])
                {
                    Check(arg, issues);
                }

                break;
            case ListExpr list:
                foreach (var element in list.Elements)
                {
                    Check(element, issues);
                }

                break;
            case MapExpr map:
                foreach (var entry in map.Entries)
                {
                    Check(entry.Key, issues);
                    Check(entry.Value, issues);
                }

                break;
            case StructExpr @struct:
                foreach (var field in @struct.Fields)
                {
                    Check(field.Value, issues);
                }

                break;
            case ComprehensionExpr fold:
                foreach (var part in (Expr[])[fold.Range, fold.Init, fold.Condition, fold.Step, fold.Result])
                {
                    Check(part, issues);
                }

                break;
        }
    }

    private static void CheckCall(CallExpr call, List<CelIssue> issues)
    {
        if (call.Args.Count == 0 || call.Args[^1] is not LiteralExpr { Value: StringValue { Value: var text } } literal)
        {
            return;
        }

        var valid = (call.Function, call.Args.Count, call.Target) switch
        {
            ("duration", 1, null) => DurationValue.Parse(text) is not null,
            ("timestamp", 1, null) => TimestampValue.Parse(text) is not null,
            ("matches", 2, null) or ("matches", 1, not null) => RegularExpression.Compile(text) is not null,
            _ => true,
        };
        if (!valid)
        {
            issues.Add(new CelIssue(literal.Offset, $"invalid {call.Function} argument"));
        }
    }
}
