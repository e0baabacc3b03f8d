using System.Text.Json.Nodes;
using Kube.Api.Serialization;
using Kube.ApiServer.Admission;

namespace Kube.ApiServer.Security.Admission;

/// <summary>
/// Gives new claims and volumes the finalizer by which they stay until nothing uses them (Kubernetes'
/// StorageObjectInUseProtection). The two protection controllers take it away again.
/// </summary>
internal sealed class StorageProtection : IMutatingAdmission
{
    private const string OfClaims = "kubernetes.io/pvc-protection";
    private const string OfVolumes = "kubernetes.io/pv-protection";

    public bool Handles(AdmissionRequest request) => request is
    { Operation: AdmissionOperation.Create, Group: "", Resource: "persistentvolumeclaims" or "persistentvolumes", Subresource: "", Object: not null };

    public ValueTask AdmitAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        var metadata = request.Object.Map("metadata")!;
        var finalizer = request.Resource == "persistentvolumes" ? OfVolumes : OfClaims;
        if (!metadata.Texts("finalizers").Contains(finalizer, StringComparer.Ordinal))
        {
            if (metadata["finalizers"] is not JsonArray finalizers)
            {
                metadata["finalizers"] = finalizers = [];
            }

            finalizers.Add(finalizer);
        }

        return default;
    }
}
