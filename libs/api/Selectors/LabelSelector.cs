using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Kube.Api.Serialization;

namespace Kube.Api.Selectors;

/// <summary>
/// Selects objects by their labels: all requirements must hold. Immutable, safe for any number of threads.
/// </summary>
public sealed class LabelSelector
{
    private readonly LabelRequirement[] _requirements;

    private LabelSelector(LabelRequirement[] requirements, bool isNothing)
    {
        _requirements = requirements;
        IsNothing = isNothing;
    }

    /// <summary>Matches every object.</summary>
    public static LabelSelector Everything { get; } = new([], false);

    /// <summary>Matches no object.</summary>
    public static LabelSelector Nothing { get; } = new([], true);

    public IReadOnlyList<LabelRequirement> Requirements => _requirements;

    public bool IsEverything => !IsNothing && _requirements.Length == 0;

    public bool IsNothing { get; }

    /// <summary>Of requirements already made.</summary>
    public static LabelSelector Of(IEnumerable<LabelRequirement> requirements) =>
        new([.. requirements.OrderBy(r => r.Key, StringComparer.Ordinal)], false);

    /// <summary>Reads the string form; an empty text selects everything.</summary>
    /// <exception cref="SelectorException">Not a label selector.</exception>
    public static LabelSelector Parse(string? text) =>
        string.IsNullOrEmpty(text) ? Everything : Of(LabelSelectorParser.Parse(text));

    public static bool TryParse(string? text, [NotNullWhen(true)] out LabelSelector? selector, [NotNullWhen(false)] out string? error)
    {
        try
        {
            selector = Parse(text);
            error = null;
            return true;
        }
        catch (SelectorException e)
        {
            selector = null;
            error = e.Message;
            return false;
        }
    }

    /// <summary>
    /// Of the object form {matchLabels, matchExpressions}: null selects nothing, an empty object everything.
    /// </summary>
    /// <exception cref="SelectorException">A requirement is not valid.</exception>
    public static LabelSelector FromObject(JsonObject? labelSelector)
    {
        if (labelSelector is null)
        {
            return Nothing;
        }

        var requirements = new List<LabelRequirement>();
        foreach (var (key, value) in labelSelector["matchLabels"] as JsonObject ?? [])
        {
            requirements.Add(LabelRequirement.Create(key, LabelOperator.Equals, [value?.GetValue<string>() ?? ""]));
        }

        foreach (var node in labelSelector["matchExpressions"] as JsonArray ?? [])
        {
            var text = (string?)node?["operator"] ?? "";
            LabelOperator op = text switch
            {
                "In" => LabelOperator.In,
                "NotIn" => LabelOperator.NotIn,
                "Exists" => LabelOperator.Exists,
                "DoesNotExist" => LabelOperator.DoesNotExist,
                _ => throw new SelectorException($"{GoText.Quote(text)} is not a valid label selector operator"),
            };
            var values = (node!["values"] as JsonArray ?? []).Select(v => (string?)v ?? "").ToList();
            requirements.Add(LabelRequirement.Create((string?)node["key"] ?? "", op, values));
        }

        return requirements.Count == 0 ? Everything : Of(requirements);
    }

    /// <summary>Of a plain set of labels (a service's selector); null or empty selects everything.</summary>
    /// <exception cref="SelectorException">A key or value is not valid.</exception>
    public static LabelSelector FromSet(IEnumerable<KeyValuePair<string, string>>? labels) =>
        labels is null ? Everything : Of(labels.Select(l => LabelRequirement.Create(l.Key, LabelOperator.Equals, [l.Value])));

    /// <summary>True when the labels satisfy every requirement; null stands for no labels.</summary>
    public bool Matches(IReadOnlyDictionary<string, string>? labels)
    {
        foreach (var requirement in _requirements)
        {
            if (!requirement.Matches(labels is not null && labels.TryGetValue(requirement.Key, out var value) ? value : null))
            {
                return false;
            }
        }

        return !IsNothing;
    }

    /// <summary>True when the labels of a JSON map satisfy every requirement; null stands for no labels.</summary>
    public bool Matches(JsonObject? labels)
    {
        foreach (var requirement in _requirements)
        {
            if (!requirement.Matches((string?)labels?[requirement.Key]))
            {
                return false;
            }
        }

        return !IsNothing;
    }

    /// <summary>True when an object's metadata.labels satisfy every requirement.</summary>
    public bool MatchesObject(JsonObject obj) => Matches((obj["metadata"] as JsonObject)?["labels"] as JsonObject);

    /// <summary>The string form, which <see cref="Parse"/> reads back; requirements sorted by key.</summary>
    public override string ToString() => string.Join(',', _requirements.Select(r => r.ToString()));
}
