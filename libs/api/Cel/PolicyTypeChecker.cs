using Kube.Api.AdmissionRegistration.V1;
using Kube.Api.Schema;
using Kube.Cel.Types;

namespace Kube.Api.Cel;

/// <summary>
/// Checks a validating admission policy's expressions against the kinds that its rules name: a field that a kind has not is told
/// of in the policy's status, though the policy holds all the same (KEP-3488). Pure.
/// </summary>
public static class PolicyTypeChecker
{
    private const int MaxTypes = 10;
    private const string ObjectType = "kubernetes.checked.Object";
    private const string ParamsType = "kubernetes.checked.Params";

    /// <summary>What is wrong with the policy's validations, by field; none for rules that name no kind in full.</summary>
    public static List<ExpressionWarning> Check(ValidatingAdmissionPolicy policy, KindCatalog kinds)
    {
        var types = TypesOf(policy.Spec?.MatchConstraints?.ResourceRules ?? [], kinds);
        var parameters = ParamsOf(policy.Spec?.ParamKind, kinds);
        var warnings = new List<ExpressionWarning>();
        var i = 0;
        foreach (var validation in policy.Spec?.Validations ?? [])
        {
            var path = $"spec.validations[{i++}]";
            Add(path + ".expression", validation.Expression ?? "");
            if (!string.IsNullOrEmpty(validation.MessageExpression))
            {
                Add(path + ".messageExpression", validation.MessageExpression);
            }
        }

        return warnings;

        void Add(string field, string expression)
        {
            var issues = types.Select(type => IssuesOf(policy, type, parameters, expression)).OfType<string>().ToList();
            if (issues.Count > 0)
            {
                warnings.Add(new ExpressionWarning { FieldRef = field, Warning = string.Join('\n', issues) });
            }
        }
    }

    private static string? IssuesOf(ValidatingAdmissionPolicy policy, KindInfo type, KindInfo? parameters, string expression)
    {
        var roots = new Dictionary<string, ObjectSchema>(StringComparer.Ordinal) { [ObjectType] = type.Schema };
        if (parameters is not null)
        {
            roots[ParamsType] = parameters.Schema;
        }

        var expressions = new AdmissionExpressions(
            parameters is not null, policy.Spec!.Variables is { Count: > 0 }, CelType.Object(ObjectType), CelType.Object(ParamsType), declared => new SchemaTypes(declared, roots));
        foreach (var variable in policy.Spec.Variables ?? [])
        {
            expressions.CompileVariable(variable.Name ?? "", variable.Expression ?? "");
        }

        return expressions.IssuesOf(expression) is { } issues ? $"{type.Group}/{type.Version}, Kind={type.Kind}: {issues}\n" : null;
    }

    private static KindInfo? ParamsOf(ParamKind? kind, KindCatalog kinds)
    {
        if (kind is null)
        {
            return null;
        }

        var named = GroupVersionKind.Parse(kind.ApiVersion ?? "", kind.Kind ?? "");
        return kinds.FindKind(named.Group, named.Version, named.Kind);
    }

    /// <summary>
    /// The kinds that rules name without a wildcard, in order. Each rule brings ten at most, and one that does ends the search.
    /// </summary>
    private static IEnumerable<KindInfo> TypesOf(IEnumerable<NamedRuleWithOperations> rules, KindCatalog kinds)
    {
        var found = new HashSet<KindInfo>();
        foreach (var rule in rules)
        {
            if (IsOpen(rule.ApiGroups) || IsOpen(rule.ApiVersions))
            {
                continue;
            }

            var named =
                from @group in rule.ApiGroups!.Order(StringComparer.Ordinal)
                from version in rule.ApiVersions!.Order(StringComparer.Ordinal)
                from resource in (rule.Resources ?? []).Where(static resource => resource.AsSpan().IndexOfAny('*', '/') < 0).Order(StringComparer.Ordinal)
                select kinds.FindResource(@group, version, resource);
            var ofRule = named.OfType<KindInfo>().Take(MaxTypes).ToList();
            found.UnionWith(ofRule);
            if (ofRule.Count == MaxTypes)
            {
                break;
            }
        }

        return found.OrderBy(static kind => kind.Group, StringComparer.Ordinal).ThenBy(static kind => kind.Version, StringComparer.Ordinal).ThenBy(static kind => kind.Kind, StringComparer.Ordinal);
    }

    private static bool IsOpen(List<string>? names) => names is null or [] || names.Exists(static name => name.Contains('*', StringComparison.Ordinal));
}
