using Kube.Api.Selectors;
using ApiSelector = Kube.Api.Meta.V1.LabelSelector;

namespace Kube.Scheduler.Framework;

/// <summary>Turns the API's label selectors into ones that match.</summary>
public static class LabelMatch
{
    /// <summary>Null selects nothing, an empty selector everything. Further requirements hold as well.</summary>
    /// <exception cref="SelectorException">A requirement is not valid.</exception>
    public static LabelSelector Of(ApiSelector? selector, IEnumerable<LabelRequirement>? further = null)
    {
        if (selector is null)
        {
            return LabelSelector.Nothing;
        }

        var requirements = new List<LabelRequirement>();
        foreach (var (key, value) in selector.MatchLabels ?? [])
        {
            requirements.Add(LabelRequirement.Create(key, LabelOperator.Equals, [value]));
        }

        foreach (var expression in selector.MatchExpressions ?? [])
        {
            var op = expression.Operator switch
            {
                "In" => LabelOperator.In,
                "NotIn" => LabelOperator.NotIn,
                "Exists" => LabelOperator.Exists,
                "DoesNotExist" => LabelOperator.DoesNotExist,
                _ => throw new SelectorException($"\"{expression.Operator}\" is not a valid label selector operator"),
            };
            requirements.Add(LabelRequirement.Create(expression.Key ?? string.Empty, op, expression.Values ?? []));
        }

        requirements.AddRange(further ?? []);
        return requirements.Count == 0 ? LabelSelector.Everything : LabelSelector.Of(requirements);
    }

    /// <summary>For each key that the labels have: the value must be (or must not be) theirs.</summary>
    public static IEnumerable<LabelRequirement> SameAs(IEnumerable<string>? keys, Dictionary<string, string>? labels, bool negate = false)
    {
        foreach (var key in keys ?? [])
        {
            if (labels is not null && labels.TryGetValue(key, out var value))
            {
                yield return LabelRequirement.Create(key, negate ? LabelOperator.NotIn : LabelOperator.In, [value]);
            }
        }
    }
}
