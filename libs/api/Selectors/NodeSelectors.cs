using System.Globalization;
using Kube.Api.Core.V1;

namespace Kube.Api.Selectors;

/// <summary>Matches node selectors and node affinity terms against nodes.</summary>
public static class NodeSelectors
{
    /// <summary>True when the pod's nodeSelector and its required node affinity, if any, match the node.</summary>
    public static bool MatchesRequired(PodSpec spec, Node node)
    {
        var labels = node.Metadata.Labels;
        foreach (var (key, value) in spec.NodeSelector ?? [])
        {
            if (labels is null || !labels.TryGetValue(key, out var actual) || actual != value)
            {
                return false;
            }
        }

        var required = spec.Affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution;
        return required is null || (required.NodeSelectorTerms ?? []).Any(term => Matches(term, node));
    }

    /// <summary>True when all the term's requirements hold. An empty term matches nothing.</summary>
    public static bool Matches(NodeSelectorTerm term, Node node)
    {
        var expressions = term.MatchExpressions ?? [];
        var fields = term.MatchFields ?? [];
        return expressions.Count + fields.Count > 0
            && expressions.All(requirement => Holds(requirement, Label(node, requirement.Key)))
            && fields.All(requirement => Holds(requirement, requirement.Key == "metadata.name" ? node.Metadata.Name : null));
    }

    private static string? Label(Node node, string? key) =>
        key is not null && node.Metadata.Labels is { } labels && labels.TryGetValue(key, out var value) ? value : null;

    private static bool Holds(NodeSelectorRequirement requirement, string? actual) => requirement.Operator switch
    {
        "In" => actual is not null && requirement.Values?.Contains(actual) == true,
        "NotIn" => actual is null || requirement.Values?.Contains(actual) != true,
        "Exists" => actual is not null,
        "DoesNotExist" => actual is null,
        "Gt" => Compare(requirement, actual) > 0,
        "Lt" => Compare(requirement, actual) < 0,
        _ => false,
    };

    /// <summary>Order of the label's number to the requirement's; 0, which neither operator accepts, when either is no number.</summary>
    private static int Compare(NodeSelectorRequirement requirement, string? actual) =>
        requirement.Values is [var wanted]
        && long.TryParse(actual, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var left)
        && long.TryParse(wanted, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var right)
            ? left.CompareTo(right)
            : 0;
}
