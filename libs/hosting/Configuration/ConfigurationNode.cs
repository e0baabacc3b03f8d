using System.Text.Json.Nodes;

namespace Kube.Hosting.Configuration;

/// <summary>
/// An object of the configuration file and where it stands. Every field must be asked for: <see cref="End"/> finds those that nobody knows, so that
/// a misspelt field is an error and not ignored.
/// </summary>
public sealed class ConfigurationNode(JsonObject fields, string path)
{
    private readonly HashSet<string> _known = ["apiVersion", "kind"];

    /// <summary>Where it stands in the file; empty for the whole.</summary>
    public string Path => path;

    /// <summary>A field that is an object; null when it is not there.</summary>
    public ConfigurationNode? Object(string name) => Take(name) switch
    {
        null => null,
        JsonObject value => new ConfigurationNode(value, At(name)),
        _ => throw Wrong(name, "an object"),
    };

    /// <summary>A field that is a list of objects; none when it is not there.</summary>
    public IEnumerable<ConfigurationNode> Objects(string name)
    {
        var items = Take(name) switch
        {
            null => [],
            JsonArray array => array,
            _ => throw Wrong(name, "a list"),
        };
        for (var i = 0; i < items.Count; i++)
        {
            yield return items[i] is JsonObject item
                ? new ConfigurationNode(item, $"{At(name)}[{i}]")
                : throw new ConfigurationException($"{At(name)}[{i}]: must be an object");
        }
    }

    /// <summary>A field that is a list of texts; none when it is not there.</summary>
    public IReadOnlyList<string> Texts(string name) => Take(name) switch
    {
        null => [],
        JsonArray array => [.. array.Select(item => item is JsonValue value && value.TryGetValue<string>(out var text) ? text : throw Wrong(name, "a list of texts"))],
        _ => throw Wrong(name, "a list"),
    };

    /// <summary>An object whose values are all texts or numbers, as texts; null when it is not there.</summary>
    public IReadOnlyDictionary<string, string>? Map(string name) => Take(name) switch
    {
        null => null,
        JsonObject values => values.ToDictionary(
            pair => pair.Key,
            pair => pair.Value is JsonValue value ? value.ToString() : throw Wrong(name, "a map of texts"),
            StringComparer.Ordinal),
        _ => throw Wrong(name, "a map of texts"),
    };

    /// <summary>A text; null when it is not there.</summary>
    public string? Text(string name) => Value<string>(name, "a text", out var text) ? text : null;

    /// <summary>True or false; null when it is not there.</summary>
    public bool? Flag(string name) => Value<bool>(name, "true or false", out var flag) ? flag : null;

    /// <summary>A whole number of a range; null when it is not there.</summary>
    public int? Number(string name, int least, int most)
    {
        if (!Value<long>(name, "a whole number", out var number))
        {
            return null;
        }

        return number >= least && number <= most ? (int)number : throw new ConfigurationException($"{At(name)}: {number} is not in the range {least}-{most}");
    }

    /// <summary>The field's JSON as it stands, for types that read themselves.</summary>
    public JsonNode? Raw(string name) => Take(name);

    /// <summary>Takes note of a field that has no meaning here.</summary>
    public void Ignore(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            _known.Add(name);
        }
    }

    /// <exception cref="ConfigurationException">There is a field that was not asked for.</exception>
    public void End()
    {
        if (fields.FirstOrDefault(field => !_known.Contains(field.Key)).Key is { } unknown)
        {
            throw new ConfigurationException($"{At(unknown)}: unknown field");
        }
    }

    /// <summary>The name of a field with the way to it.</summary>
    public string At(string name) => path.Length == 0 ? name : $"{path}.{name}";

    private JsonNode? Take(string name)
    {
        _known.Add(name);
        return fields[name];
    }

    private bool Value<T>(string name, string what, out T? value)
    {
        value = default;
        var node = Take(name);
        return node is not null && (node is JsonValue json && json.TryGetValue(out value) ? true : throw Wrong(name, what));
    }

    private ConfigurationException Wrong(string name, string what) => new($"{At(name)}: must be {what}");
}
