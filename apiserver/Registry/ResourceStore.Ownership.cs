using System.Text.Json.Nodes;
using Kube.Api.Patch;

namespace Kube.ApiServer.Registry;

public sealed partial class ResourceStore
{
    /// <summary>Notes in managedFields who sets what with a create, update or patch. An apply has noted it already.</summary>
    /// <param name="live">Null when the object is created.</param>
    private void RecordOwner(WriteContext context, JsonObject obj, JsonObject? live)
    {
        if (context.IsApply || context.Subresource is "binding" or "eviction")
        {
            return;
        }

        var metadata = new ObjectAccessor(obj).Metadata;
        if (context.Subresource.Length > 0)
        {
            // Through a subresource the record itself cannot be edited.
            CopyRecord(live, metadata);
        }

        var manager = new FieldManager(
            context.FieldManager, Definition.Info.ApiVersion, Now(), context.Subresource.Length == 0 ? null : context.Subresource);
        try
        {
            ManagedFields.Update(live, obj, Definition.Info.Schema, manager);
        }
        catch (PatchException)
        {
            // The client sent a record that cannot be read: the one that there was holds on, as in Kubernetes.
            CopyRecord(live, metadata);
            ManagedFields.Update(live, obj, Definition.Info.Schema, manager);
        }
    }

    /// <summary>
    /// As <see cref="RecordOwner"/> for a new object. Its status is not the client's to set where it has a way in of its
    /// own, so nobody owns it yet.
    /// </summary>
    private void RecordCreator(WriteContext context, JsonObject obj)
    {
        var status = Definition.Subresources.ContainsKey("status") ? obj["status"] : null;
        if (status is not null)
        {
            obj.Remove("status");
        }

        RecordOwner(context with { Subresource = "" }, obj, null);
        if (status is not null)
        {
            obj["status"] = status;
        }
    }

    private static void CopyRecord(JsonObject? live, JsonObject metadata)
    {
        metadata.Remove("managedFields");
        if (live?["metadata"]?["managedFields"] is { } record)
        {
            metadata["managedFields"] = record.DeepClone();
        }
    }
}
