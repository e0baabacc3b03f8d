using System.Text.Json.Nodes;
using Kube.Api.Validation;

namespace Kube.Scheduler.Host.Configuration;

/// <summary>
/// An object of the configuration file and where it stands. Every field must be asked for: <see cref="End"/> finds those that nobody knows, so that
/// a misspelt field is an error and not ignored. What is wrong with values is collected, so that all of it is told at once.
/// </summary>
internal sealed class ConfigurationNode(JsonObject fields, string path, List<FieldError> errors)
{
    private readonly HashSet<string> _known = ["apiVersion", "kind"];

    public string Path => path;

    /// <summary>What is wrong in the whole file so far.</summary>
    public List<FieldError> Errors => errors;

    public bool Has(string name) => fields[name] is not null;

    public ConfigurationNode? Object(string name) => Take(name) switch
    {
        null => null,
        JsonObject value => new ConfigurationNode(value, At(name), errors),
        _ => throw Wrong(name, "an object"),
    };

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
                ? new ConfigurationNode(item, $"{At(name)}[{i}]", errors)
                : throw Wrong($"{name}[{i}]", "an object");
        }
    }

    public IReadOnlyList<string> Texts(string name) => Take(name) switch
    {
        null => [],
        JsonArray array => [.. array.Select(item => item is JsonValue value && value.TryGetValue<string>(out var text) ? text : throw Wrong(name, "a list of texts"))],
        _ => throw Wrong(name, "a list"),
    };

    public string? Text(string name) => Value<string>(name, "a text", out var text) ? text : null;

    public bool? Flag(string name) => Value<bool>(name, "true or false", out var flag) ? flag : null;

    public long? Number(string name) => Value<long>(name, "a whole number", out var number) ? number : null;

    public double? Real(string name) => Value<double>(name, "a number", out var number) ? number : null;

    /// <summary>A number in a range; one beyond is an error with Kubernetes' words for it.</summary>
    public int? Number(string name, long least, long most, string complaint)
    {
        if (Number(name) is not { } number)
        {
            return null;
        }

        if (number < least || number > most)
        {
            errors.Add(FieldError.Invalid(At(name), number, complaint));
            return null;
        }

        return (int)number;
    }

    /// <summary>A duration as Go writes it: "15s", "1m30s".</summary>
    public TimeSpan? Duration(string name)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        return GoDuration.TryParse(text, out var duration)
            ? duration
            : throw new ConfigurationException($"{At(name)}: time: invalid duration \"{text}\"");
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
            throw new ConfigurationException($"strict decoding error: unknown field \"{At(unknown)}\"");
        }
    }

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
