using System.Globalization;
using System.Text.Json.Nodes;

namespace Kube.ApiServer.Registry;

/// <summary>The metadata of an object in its dynamic form. A view: changes go to the object.</summary>
internal readonly struct ObjectAccessor(JsonObject root)
{
    public JsonObject Root { get; } = root;

    /// <summary>The metadata object, made when there is none.</summary>
    public JsonObject Metadata
    {
        get
        {
            if (Root["metadata"] is JsonObject metadata)
            {
                return metadata;
            }

            metadata = [];
            Root["metadata"] = metadata;
            return metadata;
        }
    }

    public string ApiVersion => Text(Root, "apiVersion");

    public string Kind => Text(Root, "kind");

    public string Name
    {
        get => Get("name");
        set => Set("name", value);
    }

    public string Namespace
    {
        get => Get("namespace");
        set => Set("namespace", value);
    }

    public string GenerateName
    {
        get => Get("generateName");
        set => Set("generateName", value);
    }

    public string Uid
    {
        get => Get("uid");
        set => Set("uid", value);
    }

    public string ResourceVersion
    {
        get => Get("resourceVersion");
        set => Set("resourceVersion", value);
    }

    public string CreationTimestamp
    {
        get => Get("creationTimestamp");
        set => Set("creationTimestamp", value);
    }

    /// <summary>RFC 3339; empty when the object is not being deleted.</summary>
    public string DeletionTimestamp
    {
        get => Get("deletionTimestamp");
        set => Set("deletionTimestamp", value);
    }

    public bool IsDeleting => DeletionTimestamp.Length > 0;

    public long? DeletionGracePeriodSeconds
    {
        get => Number(Root["metadata"] as JsonObject, "deletionGracePeriodSeconds");
        set
        {
            if (value is { } seconds)
            {
                Metadata["deletionGracePeriodSeconds"] = seconds;
            }
            else
            {
                Metadata.Remove("deletionGracePeriodSeconds");
            }
        }
    }

    public long Generation
    {
        get => Number(Root["metadata"] as JsonObject, "generation") ?? 0;
        set => Metadata["generation"] = value;
    }

    public IReadOnlyList<string> Finalizers
    {
        get => (Root["metadata"] as JsonObject)?["finalizers"] is JsonArray list
            ? [.. list.Select(i => i is JsonValue value && value.TryGetValue<string>(out var text) ? text : "")]
            : [];
        set
        {
            if (value.Count == 0)
            {
                Metadata.Remove("finalizers");
            }
            else
            {
                Metadata["finalizers"] = new JsonArray([.. value.Select(f => (JsonNode)JsonValue.Create(f))]);
            }
        }
    }

    /// <summary>A string member of an object; empty when there is none.</summary>
    public static string Text(JsonObject? parent, string name) =>
        parent?[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";

    /// <summary>A whole number of an object; null when there is none.</summary>
    public static long? Number(JsonObject? parent, string name)
    {
        if (parent?[name] is not JsonValue value)
        {
            return null;
        }

        return value.TryGetValue<long>(out var whole) ? whole
            : value.TryGetValue<int>(out var small) ? small
            : null;
    }

    /// <summary>A boolean of an object; null when there is none.</summary>
    public static bool? Flag(JsonObject? parent, string name) =>
        parent?[name] is JsonValue value && value.TryGetValue<bool>(out var flag) ? flag : null;

    /// <summary>A time as Kubernetes writes it: whole seconds, UTC.</summary>
    public static string FormatTime(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>The time of a text in RFC 3339; null when it is none.</summary>
    public static DateTimeOffset? ParseTime(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;

    private string Get(string name) => Text(Root["metadata"] as JsonObject, name);

    private void Set(string name, string value)
    {
        if (value.Length == 0)
        {
            Metadata.Remove(name);
        }
        else
        {
            Metadata[name] = value;
        }
    }
}
