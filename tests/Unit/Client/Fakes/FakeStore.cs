using System.Text.Json.Nodes;
using Kube.Api.Patch;
using Kube.Api.Schema;

namespace Kube.Client.Tests.Fakes;

/// <summary>A request was refused, with the code and reason of a Status.</summary>
public sealed class FakeRefusal(int code, string reason, string message) : Exception(message)
{
    public int Code => code;

    public string Reason => reason;
}

public sealed record FakeEvent(long Version, string Resource, string Namespace, string Type, JsonObject Object);

/// <summary>
/// Objects as an API server keeps them: one version counter, a history of events, optimistic locking, finalizers,
/// generations and status subresources. No defaulting, validation or admission.
/// </summary>
public sealed class FakeStore(TimeProvider time)
{
    private readonly SortedDictionary<string, JsonObject> _objects = new(StringComparer.Ordinal);
    private readonly List<FakeEvent> _history = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _names;

    public Lock Gate { get; } = new();

    public long Version { get; private set; } = 100;

    /// <summary>Watches from before this version are refused.</summary>
    public long CompactedVersion { get; private set; }

    /// <summary>Seconds that a deleted pod stays with a deletion timestamp when the request does not say; 0 for none.</summary>
    public int PodGraceSeconds { get; set; }

    /// <summary>Called within the lock before each write; throws to refuse it.</summary>
    public Action<string, KindInfo, JsonObject?>? Admit { get; set; }

    public Task Changed
    {
        get
        {
            lock (Gate)
            {
                return _changed.Task;
            }
        }
    }

    /// <summary>Forgets the history: watches from older versions get 410.</summary>
    public void Compact()
    {
        lock (Gate)
        {
            CompactedVersion = Version;
            _history.Clear();
        }
    }

    public (List<JsonObject> Items, long Version) List(KindInfo kind, string ns)
    {
        lock (Gate)
        {
            var prefix = Prefix(kind) + (ns.Length > 0 ? ns + "/" : "");
            return ([.. _objects.Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal)).Select(pair => Copy(pair.Value))], Version);
        }
    }

    public JsonObject Get(KindInfo kind, string ns, string name)
    {
        lock (Gate)
        {
            return Copy(Find(kind, ns, name));
        }
    }

    public List<FakeEvent>? EventsAfter(long version, KindInfo kind, string ns)
    {
        lock (Gate)
        {
            return version < CompactedVersion
                ? null
                : [.. _history.Where(e => e.Version > version && e.Resource == Prefix(kind) && (ns.Length == 0 || e.Namespace == ns))];
        }
    }

    public JsonObject Create(KindInfo kind, string ns, JsonObject value)
    {
        lock (Gate)
        {
            var metadata = Metadata(value);
            if (metadata["name"] is null && metadata["generateName"] is { } prefix)
            {
                metadata["name"] = prefix.GetValue<string>() + (++_names).ToString("x5", System.Globalization.CultureInfo.InvariantCulture);
            }

            var key = Key(kind, ns, Text(metadata, "name"));
            Admit?.Invoke("create", kind, value);
            if (_objects.ContainsKey(key))
            {
                throw new FakeRefusal(409, "AlreadyExists", $"{kind.Plural} \"{Text(metadata, "name")}\" already exists");
            }

            if (kind.Namespaced)
            {
                metadata["namespace"] = ns;
            }

            metadata["uid"] = Guid.NewGuid().ToString();
            metadata["creationTimestamp"] = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
            metadata["generation"] = 1L;
            if (kind.Kind == "Namespace")
            {
                value["spec"] = new JsonObject { ["finalizers"] = new JsonArray("kubernetes") };
                value["status"] = new JsonObject { ["phase"] = "Active" };
            }

            return Store(kind, key, value, "ADDED");
        }
    }

    public JsonObject Replace(KindInfo kind, string ns, string name, string? subresource, JsonObject value)
    {
        lock (Gate)
        {
            var old = Find(kind, ns, name);
            var wanted = Metadata(value)["resourceVersion"]?.GetValue<string>();
            if (wanted is { Length: > 0 } && wanted != Text(Metadata(old), "resourceVersion"))
            {
                throw new FakeRefusal(409, "Conflict", $"Operation cannot be fulfilled on {kind.Plural} \"{name}\": the object has been modified");
            }

            if (Metadata(value)["uid"]?.GetValue<string>() is { Length: > 0 } uid && uid != Text(Metadata(old), "uid"))
            {
                throw new FakeRefusal(409, "Conflict", $"Precondition failed: UID in precondition: {uid}, UID in object meta: {Text(Metadata(old), "uid")}");
            }

            return Put(kind, ns, name, subresource, old, value);
        }
    }

    public JsonObject Patch(KindInfo kind, string ns, string name, string? subresource, string contentType, JsonNode patch)
    {
        lock (Gate)
        {
            var old = Find(kind, ns, name);
            var patched = contentType switch
            {
                "application/merge-patch+json" => MergePatch.Apply(Copy(old), (JsonObject)patch),
                "application/strategic-merge-patch+json" => StrategicMergePatch.Apply(Copy(old), (JsonObject)patch, kind.Schema),
                "application/json-patch+json" => (JsonObject)JsonPatch.Apply(Copy(old), (JsonArray)patch)!,
                _ => throw new FakeRefusal(415, "UnsupportedMediaType", contentType),
            };
            return Replace(kind, ns, name, subresource, patched);
        }
    }

    public JsonObject Delete(KindInfo kind, string ns, string name, JsonObject? options)
    {
        lock (Gate)
        {
            var old = Find(kind, ns, name);
            var metadata = Metadata(old);
            Admit?.Invoke("delete", kind, old);
            if (options?["preconditions"]?["uid"]?.GetValue<string>() is { } uid && uid != Text(metadata, "uid"))
            {
                throw new FakeRefusal(409, "Conflict", $"Precondition failed: UID in precondition: {uid}");
            }

            if (options?["preconditions"]?["resourceVersion"]?.GetValue<string>() is { } version && version != Text(metadata, "resourceVersion"))
            {
                throw new FakeRefusal(409, "Conflict", "Precondition failed: resource version");
            }

            var value = Copy(old);
            var finalizers = Metadata(value)["finalizers"] as JsonArray ?? [];
            var wanted = options?["propagationPolicy"]?.GetValue<string>() switch { "Foreground" => "foregroundDeletion", "Orphan" => "orphan", _ => null };
            if (wanted is not null && !finalizers.Any(f => f!.GetValue<string>() == wanted))
            {
                finalizers.Add(wanted);
                Metadata(value)["finalizers"] = finalizers.Parent is null ? finalizers : finalizers.DeepClone();
            }

            var isNamespace = kind.Kind == "Namespace" && value["spec"]?["finalizers"] is JsonArray { Count: > 0 };
            var grace = options?["gracePeriodSeconds"]?.GetValue<long>() ?? (kind.Kind == "Pod" ? PodGraceSeconds : 0);
            if (finalizers.Count > 0 || isNamespace || (grace > 0 && kind.Kind == "Pod"))
            {
                if (metadata["deletionTimestamp"] is null || wanted is not null)
                {
                    Metadata(value)["deletionTimestamp"] ??= time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
                    if (isNamespace)
                    {
                        value["status"] = new JsonObject { ["phase"] = "Terminating" };
                    }

                    return Store(kind, Key(kind, ns, name), value, "MODIFIED");
                }

                return value;
            }

            return Remove(kind, Key(kind, ns, name), value);
        }
    }

    private JsonObject Put(KindInfo kind, string ns, string name, string? subresource, JsonObject old, JsonObject value)
    {
        var merged = Copy(value);
        switch (subresource)
        {
            case "status":
                merged = Copy(old);
                merged["status"] = value["status"]?.DeepClone();
                break;
            case "finalize":
                merged = Copy(old);
                merged["spec"] = value["spec"]?.DeepClone();
                break;
            case null when kind.Subresources.Contains("status"):
                merged["status"] = old["status"]?.DeepClone();
                break;
        }

        foreach (var field in (string[])["uid", "creationTimestamp", "generation", "deletionTimestamp", "resourceVersion", "namespace"])
        {
            if (Metadata(old)[field] is { } kept)
            {
                Metadata(merged)[field] = kept.DeepClone();
            }
            else
            {
                Metadata(merged).Remove(field);
            }
        }

        if (JsonNode.DeepEquals(Normal(old), Normal(merged)))
        {
            return Copy(old);
        }

        Admit?.Invoke(subresource ?? "update", kind, merged);
        if (!JsonNode.DeepEquals(old["spec"], merged["spec"]))
        {
            Metadata(merged)["generation"] = Metadata(old)["generation"]!.GetValue<long>() + 1;
        }

        var isDone = Metadata(merged)["deletionTimestamp"] is not null && Metadata(merged)["finalizers"] is null or JsonArray { Count: 0 };
        var isHeld = kind.Kind == "Namespace" && merged["spec"]?["finalizers"] is JsonArray { Count: > 0 };
        return isDone && !isHeld && Metadata(old)["deletionTimestamp"] is not null && (kind.Kind != "Pod" || PodGraceSeconds == 0)
            ? Remove(kind, Key(kind, ns, name), merged)
            : Store(kind, Key(kind, ns, name), merged, "MODIFIED");
    }

    private static JsonObject Normal(JsonObject value) => (JsonObject)JsonNode.Parse(value.ToJsonString())!;

    private JsonObject Remove(KindInfo kind, string key, JsonObject value)
    {
        _objects.Remove(key);
        return Log(kind, value, "DELETED");
    }

    private JsonObject Store(KindInfo kind, string key, JsonObject value, string type)
    {
        var stored = Log(kind, value, type);
        _objects[key] = stored;
        return Copy(stored);
    }

    private JsonObject Log(KindInfo kind, JsonObject value, string type)
    {
        var logged = Copy(value);
        logged["apiVersion"] = kind.ApiVersion;
        logged["kind"] = kind.Kind;
        Metadata(logged)["resourceVersion"] = (++Version).ToString(System.Globalization.CultureInfo.InvariantCulture);
        _history.Add(new FakeEvent(Version, Prefix(kind), Metadata(logged)["namespace"]?.GetValue<string>() ?? "", type, logged));
        var changed = _changed;
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.SetResult();
        return logged;
    }

    private JsonObject Find(KindInfo kind, string ns, string name) =>
        _objects.TryGetValue(Key(kind, ns, name), out var value)
            ? value
            : throw new FakeRefusal(404, "NotFound", $"{kind.Plural} \"{name}\" not found");

    private static string Prefix(KindInfo kind) => kind.Group + "/" + kind.Plural + "/";

    private static string Key(KindInfo kind, string ns, string name) => Prefix(kind) + (kind.Namespaced ? ns + "/" : "") + name;

    private static JsonObject Metadata(JsonObject value)
    {
        if (value["metadata"] is not JsonObject metadata)
        {
            value["metadata"] = metadata = [];
        }

        return metadata;
    }

    private static string Text(JsonObject value, string member) => value[member]?.GetValue<string>() ?? "";

    private static JsonObject Copy(JsonObject value) => (JsonObject)value.DeepClone();
}
