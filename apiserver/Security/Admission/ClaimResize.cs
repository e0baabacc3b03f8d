using System.Text.Json.Nodes;
using Kube.Api.Serialization;
using Kube.Api.Values;
using Kube.ApiServer.Admission;
using Kube.ApiServer.Registry;

namespace Kube.ApiServer.Security.Admission;

/// <summary>A claim may grow only when it is bound and its storage class lets volumes grow (Kubernetes' PersistentVolumeClaimResize).</summary>
internal sealed class ClaimResize(ResourceRegistry registry) : IValidatingAdmission
{
    public bool Handles(AdmissionRequest request) => request is
    { Operation: AdmissionOperation.Update, Group: "", Resource: "persistentvolumeclaims", Subresource: "", Object: not null, OldObject: not null };

    public ValueTask ValidateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        if (SizeOf(request.Object!) <= SizeOf(request.OldObject!))
        {
            return default;
        }

        if (request.OldObject.Map("status").Text("phase") != "Bound")
        {
            throw request.Forbid("Only bound persistent volume claims can be expanded");
        }

        var name = ClassOf(request.Object!);
        var found = name.Length > 0 && name == ClassOf(request.OldObject!) ? registry.Get("storage.k8s.io", "v1", "storageclasses").FindCached("", name) : null;
        if (found.Flag("allowVolumeExpansion") != true)
        {
            throw request.Forbid("only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize");
        }

        return default;
    }

    private static Quantity SizeOf(JsonObject claim) =>
        Quantity.TryParse(claim.Map("spec").Map("resources").Map("requests").Text("storage"), out var size) ? size : Quantity.Zero;

    private static string ClassOf(JsonObject claim) =>
        claim.Map("metadata").Map("annotations").Text("volume.beta.kubernetes.io/storage-class") ?? claim.Map("spec").Text("storageClassName") ?? "";
}
