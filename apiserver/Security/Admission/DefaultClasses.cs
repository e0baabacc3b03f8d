using System.Text.Json.Nodes;
using Kube.Api.Serialization;
using Kube.ApiServer.Admission;
using Kube.ApiServer.Registry;

namespace Kube.ApiServer.Security.Admission;

/// <summary>
/// Gives claims and ingresses that name no class the one that is marked as the default: the newest, when there are several.
/// </summary>
internal sealed class DefaultClasses(ResourceRegistry registry) : IMutatingAdmission
{
    private const string ClaimAnnotation = "volume.beta.kubernetes.io/storage-class";
    private const string IngressAnnotation = "kubernetes.io/ingress.class";

    public bool Handles(AdmissionRequest request) => request is
    { Operation: AdmissionOperation.Create, Subresource: "", Object: not null }
        and ({ Group: "", Resource: "persistentvolumeclaims" } or { Group: "networking.k8s.io", Resource: "ingresses" });

    public ValueTask AdmitAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        var annotations = request.Object.Map("metadata").Map("annotations");
        if (request.Resource == "ingresses")
        {
            Fill(request.Object!, "ingressClassName", annotations.Has(IngressAnnotation), "networking.k8s.io", "ingressclasses", "ingressclass.kubernetes.io/is-default-class");
        }
        else
        {
            Fill(
                request.Object!, "storageClassName", annotations.Has(ClaimAnnotation), "storage.k8s.io", "storageclasses",
                "storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class");
        }

        return default;
    }

    /// <summary>An empty name is a name: it says that no class is wanted.</summary>
    private void Fill(JsonObject obj, string field, bool isNamedElsewhere, string group, string plural, params string[] marks)
    {
        if (isNamedElsewhere || obj.Map("spec") is not { } spec || spec.Has(field))
        {
            return;
        }

        var newest = registry.Get(group, "v1", plural).ListCached("")
            .Where(candidate => marks.Any(mark => candidate.Map("metadata").Map("annotations").Text(mark) == "true"))
            .Select(candidate => new ObjectAccessor(candidate))
            .OrderByDescending(candidate => candidate.CreationTimestamp, StringComparer.Ordinal)
            .ThenBy(candidate => candidate.Name, StringComparer.Ordinal)
            .Select(candidate => candidate.Name)
            .FirstOrDefault();
        if (newest is not null)
        {
            spec[field] = newest;
        }
    }
}
