using System.Text.Json.Nodes;
using Kube.Api.Serialization;

namespace Kube.Api.Patch;

/// <summary>
/// The annotation in which kubectl's client-side apply keeps what it applied. The first server-side apply of kubectl
/// takes over what it says, and keeps it up to date for the way back.
/// </summary>
internal static class LastApplied
{
    private const string Annotation = "kubectl.kubernetes.io/last-applied-configuration";
    private const string Kubectl = "kubectl";

    /// <summary>The places that client-side apply set and that nobody has changed since.</summary>
    internal static FieldSet OwnedBy(FieldManager manager, JsonObject? live, ApplyShape shape)
    {
        if (Read(manager, live) is not { } applied)
        {
            return FieldSet.Empty;
        }

        var set = AppliedFields.Of(applied, shape);
        var bare = ManagedFields.Bare(live);
        return set.Difference(set.Difference(AppliedFields.Of(bare, shape))).Difference(AppliedFields.Modified(applied, bare, shape));
    }

    /// <summary>Writes the configuration into the annotation where there is one.</summary>
    internal static void Renew(FieldManager manager, JsonObject? live, JsonObject merged, JsonObject config)
    {
        if (Read(manager, live) is null || merged.Map("metadata").Map("annotations") is not { } annotations)
        {
            return;
        }

        var copy = (JsonObject)config.DeepClone();
        if (copy.Map("metadata").Map("annotations") is { } own && own.Remove(Annotation) && own.Count == 0)
        {
            copy.Map("metadata")!.Remove("annotations");
        }

        annotations[Annotation] = System.Text.Encoding.UTF8.GetString(JsonTree.ToBytes(copy)) + "\n";
    }

    private static JsonObject? Read(FieldManager manager, JsonObject? live)
    {
        if (manager.Manager != Kubectl || live.Map("metadata").Map("annotations").Text(Annotation) is not { Length: > 0 } text)
        {
            return null;
        }

        try
        {
            return JsonTree.ParseObject(System.Text.Encoding.UTF8.GetBytes(text));
        }
        catch (DecodeException)
        {
            // Somebody has edited it; then it says nothing.
            return null;
        }
    }
}
