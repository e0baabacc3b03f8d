namespace Kube.Controllers.Framework;

/// <summary>Label selectors of typed objects.</summary>
public static class LabelMatch
{
    /// <summary>
    /// Whether labels satisfy a selector. A null selector matches nothing, an empty one everything, and a requirement
    /// with an unknown operator nothing.
    /// </summary>
    public static bool Matches(LabelSelector? selector, IReadOnlyDictionary<string, string>? labels)
    {
        if (selector is null)
        {
            return false;
        }

        foreach (var (key, value) in selector.MatchLabels ?? [])
        {
            if (labels is null || !labels.TryGetValue(key, out var actual) || actual != value)
            {
                return false;
            }
        }

        return selector.MatchExpressions?.TrueForAll(requirement => Matches(requirement, labels)) ?? true;
    }

    /// <summary>Whether labels have all the pairs of a simple selector; an empty one matches nothing.</summary>
    public static bool MatchesAll(IReadOnlyDictionary<string, string>? selector, IReadOnlyDictionary<string, string>? labels) =>
        selector is { Count: > 0 } &&
        selector.All(pair => labels is not null && labels.TryGetValue(pair.Key, out var actual) && actual == pair.Value);

    /// <summary>True when the selector asks for nothing, and so matches every object.</summary>
    public static bool IsEverything(LabelSelector selector) =>
        selector.MatchLabels is null or { Count: 0 } && selector.MatchExpressions is null or { Count: 0 };

    /// <summary>A copy of the selector that also asks for one more label.</summary>
    public static LabelSelector With(LabelSelector? selector, string key, string value) => new()
    {
        MatchLabels = new Dictionary<string, string>(selector?.MatchLabels ?? []) { [key] = value },
        MatchExpressions = selector?.MatchExpressions,
    };

    private static bool Matches(LabelSelectorRequirement requirement, IReadOnlyDictionary<string, string>? labels)
    {
        string? actual = null;
        var isThere = labels is not null && labels.TryGetValue(requirement.Key ?? "", out actual);
        return requirement.Operator switch
        {
            "In" => isThere && requirement.Values?.Contains(actual!) == true,
            "NotIn" => !isThere || requirement.Values?.Contains(actual!) != true,
            "Exists" => isThere,
            "DoesNotExist" => !isThere,
            _ => false,
        };
    }
}
