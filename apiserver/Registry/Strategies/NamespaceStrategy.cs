using System.Text.Json.Nodes;
using Kube.ApiServer.Storage.WatchCache;

namespace Kube.ApiServer.Registry.Strategies;

/// <summary>Namespaces: held by spec.finalizers until the namespace controller has emptied them.</summary>
internal sealed class NamespaceStrategy : ResourceStrategy
{
    private const string Finalizer = "kubernetes";

    public override IReadOnlyList<SelectableField> SelectableFields { get; } = [new("status.phase")];

    /// <summary>Metadata label that says the namespace's name, for selectors.</summary>
    private const string NameLabel = "kubernetes.io/metadata.name";

    public override void PrepareForCreate(JsonObject obj)
    {
        obj["status"] = new JsonObject { ["phase"] = "Active" };
        var spec = SpecOf(obj);
        var finalizers = spec["finalizers"] as JsonArray;
        if (finalizers is null || !finalizers.Any(f => f is JsonValue value && value.TryGetValue<string>(out var text) && text == Finalizer))
        {
            spec["finalizers"] = new JsonArray([.. finalizers?.Select(f => f?.DeepClone()) ?? [], JsonValue.Create(Finalizer)]);
        }

        SetNameLabel(obj);
    }

    public override void PrepareForUpdate(JsonObject obj, JsonObject old)
    {
        Copy(old, obj, "status");
        Copy(SpecOf(old), SpecOf(obj), "finalizers");
        SetNameLabel(obj);
    }

    /// <summary>A finalize request changes the finalizers and nothing else.</summary>
    public static void PrepareForFinalize(JsonObject obj, JsonObject old)
    {
        Copy(old, obj, "status");
    }

    public override void MarkDeleting(JsonObject obj)
    {
        new ObjectAccessor(obj).DeletionGracePeriodSeconds = null;
        obj["status"] ??= new JsonObject();
        obj["status"]!["phase"] = "Terminating";
    }

    public override bool MayBeRemoved(JsonObject obj) => SpecOf(obj)["finalizers"] is not JsonArray { Count: > 0 };

    private static JsonObject SpecOf(JsonObject obj)
    {
        if (obj["spec"] is JsonObject spec)
        {
            return spec;
        }

        spec = [];
        obj["spec"] = spec;
        return spec;
    }

    private static void SetNameLabel(JsonObject obj)
    {
        var metadata = new ObjectAccessor(obj).Metadata;
        if (metadata["labels"] is not JsonObject labels)
        {
            labels = [];
            metadata["labels"] = labels;
        }

        labels[NameLabel] = ObjectAccessor.Text(metadata, "name");
    }
}
