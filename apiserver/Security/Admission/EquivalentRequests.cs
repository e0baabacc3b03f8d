using System.Text.Json.Nodes;
using Kube.ApiServer.Admission;
using Kube.ApiServer.Registry;

namespace Kube.ApiServer.Security.Admission;

/// <summary>A request in the other versions that serve the same objects: autoscaling/v1 and v2, events of both groups.</summary>
internal static class EquivalentRequests
{
    public static IReadOnlyList<AdmissionRequest> Of(AdmissionRequest request, ResourceRegistry registry)
    {
        if (registry.Find(request.Group, request.Version, request.Resource) is not { } store)
        {
            return [];
        }

        // What goes through a subresource with a kind of its own is the same in all versions.
        var isOwnKind = request.Kind == store.Definition.Info.GroupVersionKind;
        return
        [
            .. registry.Stores.Where(other => other != store && other.Definition.StoragePrefix == store.Definition.StoragePrefix).Select(other => new AdmissionRequest
            {
                Operation = request.Operation,
                Kind = isOwnKind ? other.Definition.Info.GroupVersionKind : request.Kind,
                Group = other.Definition.Info.Group,
                Version = other.Definition.Info.Version,
                Resource = other.Definition.Info.Plural,
                Subresource = request.Subresource,
                Namespace = request.Namespace,
                Name = request.Name,
                User = request.User,
                DryRun = request.DryRun,
                Object = isOwnKind ? Convert(request.Object, store, other) : request.Object,
                OldObject = isOwnKind ? Convert(request.OldObject, store, other) : request.OldObject,
                Options = request.Options,
                Warnings = request.Warnings,
                AuditAnnotations = request.AuditAnnotations,
                AsItCame = request,
            }),
        ];
    }

    private static JsonObject? Convert(JsonObject? obj, ResourceStore from, ResourceStore to)
    {
        if (obj is null)
        {
            return null;
        }

        var stored = (JsonObject)obj.DeepClone();
        stored = from.Definition.Converter?.ToStored(stored) ?? stored;
        return to.Definition.Converter?.ToServed(stored) ?? stored;
    }
}
