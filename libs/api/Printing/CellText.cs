namespace Kube.Api.Printing;

/// <summary>Texts that the cells of several kinds share.</summary>
internal static class CellText
{
    public const string None = "<none>";
    public const string Unset = "<unset>";
    public const string Unknown = "<unknown>";

    /// <summary>Labels as key=value pairs in the order of their keys.</summary>
    public static string Labels(JsonView labels) =>
        labels.Count == 0 ? None : string.Join(',', labels.Members.Select(label => $"{label.Key}={label.Value.Text}"));

    /// <summary>A label selector in the form that -l takes; &lt;none&gt; when it selects by nothing.</summary>
    public static string Selector(JsonView selector) => SelectorOrEmpty(selector) is { Length: > 0 } text ? text : None;

    /// <summary>A label selector in the form that -l takes.</summary>
    public static string SelectorOrEmpty(JsonView selector)
    {
        var equalities = selector["matchLabels"].Members.Select(label => (label.Key, Text: $"{label.Key}={label.Value.Text}"));
        var expressions = selector["matchExpressions"].Items.Select(expression => (expression["key"].Text, Text: Requirement(expression)));
        return string.Join(',', equalities.Concat(expressions).OrderBy(requirement => requirement.Item1, StringComparer.Ordinal).Select(requirement => requirement.Text));
    }

    /// <summary>Names and images of containers, each joined with commas.</summary>
    public static (string Names, string Images) Containers(JsonView podTemplate)
    {
        var containers = podTemplate["spec"]["containers"].Items;
        return (Join(containers.Select(container => container["name"].Text)), Join(containers.Select(container => container["image"].Text)));
    }

    public static string Join(IEnumerable<string> parts) => string.Join(',', parts);

    /// <summary>The text, or &lt;none&gt; when it is empty.</summary>
    public static string OrNone(string text) => text.Length == 0 ? None : text;

    /// <summary>The first three of a list, and how many more there are.</summary>
    public static string FirstThree(IReadOnlyList<string> parts, int total) =>
        total > 3 ? $"{Join(parts.Take(3))} + {total - 3} more..." : Join(parts);

    /// <summary>Access modes in their short form, each once, in Kubernetes' order.</summary>
    public static string AccessModes(JsonView modes)
    {
        var given = modes.Items.Select(mode => mode.Text).ToHashSet(StringComparer.Ordinal);
        (string Mode, string Short)[] order =
            [("ReadWriteOnce", "RWO"), ("ReadOnlyMany", "ROX"), ("ReadWriteMany", "RWX"), ("ReadWriteOncePod", "RWOP")];
        return Join(order.Where(mode => given.Contains(mode.Mode)).Select(mode => mode.Short));
    }

    /// <summary>The addresses that a load balancer answers at, in order and each once.</summary>
    public static string LoadBalancer(JsonView status) =>
        Join(status["ingress"].Items
            .Select(ingress => ingress["ip"].Text is { Length: > 0 } ip ? ip : ingress["hostname"].Text)
            .Where(address => address.Length > 0).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));

    /// <summary>True when the list of conditions has one of this type that holds.</summary>
    public static bool Holds(JsonView conditions, string type)
    {
        var found = conditions.Items.FirstOrDefault(condition => condition["type"].Text == type);
        return found["status"].Text == "True";
    }

    private static string Requirement(JsonView expression)
    {
        var key = expression["key"].Text;
        var values = Join(expression["values"].Items.Select(value => value.Text).Order(StringComparer.Ordinal));
        return expression["operator"].Text switch
        {
            "In" => $"{key} in ({values})",
            "NotIn" => $"{key} notin ({values})",
            "DoesNotExist" => "!" + key,
            _ => key,
        };
    }
}
