using System.Globalization;

namespace Kube.Hosting.Metrics;

/// <summary>Label names and values of a series, in the order in which the instrument was given them.</summary>
internal sealed class LabelSet
{
    private LabelSet(KeyValuePair<string, string>[] labels) => Labels = labels;

    public KeyValuePair<string, string>[] Labels { get; }

    public static LabelSet From(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = new KeyValuePair<string, string>[tags.Length];
        for (var i = 0; i < tags.Length; i++)
        {
            labels[i] = new(tags[i].Key, Text(tags[i].Value));
        }

        return new LabelSet(labels);
    }

    /// <summary>The label value that stands for a tag's value.</summary>
    public static string Text(object? value) => value switch
    {
        null => string.Empty,
        string text => text,
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty,
    };
}

/// <summary>Compares label sets with each other and with tags, so that a hit allocates nothing for string tags.</summary>
internal sealed class LabelSetComparer
    : IEqualityComparer<LabelSet>, IAlternateEqualityComparer<ReadOnlySpan<KeyValuePair<string, object?>>, LabelSet>
{
    public static readonly LabelSetComparer Instance = new();

    public bool Equals(LabelSet? x, LabelSet? y) => x!.Labels.AsSpan().SequenceEqual(y!.Labels);

    public int GetHashCode(LabelSet set)
    {
        var hash = default(HashCode);
        foreach (var (name, value) in set.Labels)
        {
            hash.Add(name);
            hash.Add(value);
        }

        return hash.ToHashCode();
    }

    public bool Equals(ReadOnlySpan<KeyValuePair<string, object?>> tags, LabelSet set)
    {
        if (tags.Length != set.Labels.Length)
        {
            return false;
        }

        for (var i = 0; i < tags.Length; i++)
        {
            if (tags[i].Key != set.Labels[i].Key || LabelSet.Text(tags[i].Value) != set.Labels[i].Value)
            {
                return false;
            }
        }

        return true;
    }

    public int GetHashCode(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var hash = default(HashCode);
        foreach (var (name, value) in tags)
        {
            hash.Add(name);
            hash.Add(LabelSet.Text(value));
        }

        return hash.ToHashCode();
    }

    public LabelSet Create(ReadOnlySpan<KeyValuePair<string, object?>> tags) => LabelSet.From(tags);
}
