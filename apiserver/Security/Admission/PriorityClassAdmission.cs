using System.Text.Json.Nodes;
using Kube.Api.Scheduling;
using Kube.ApiServer.Admission;
using Kube.ApiServer.Registry;

namespace Kube.ApiServer.Security.Admission;

/// <summary>At most one priority class is the default one, and the cluster's own stay.</summary>
internal sealed class PriorityClassAdmission(ResourceRegistry registry) : IValidatingAdmission
{
    public bool Handles(AdmissionRequest request) => request is
    { Operation: AdmissionOperation.Create or AdmissionOperation.Update or AdmissionOperation.Delete, Group: "scheduling.k8s.io", Resource: "priorityclasses", Subresource: "" };

    public ValueTask ValidateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        if (request.Operation == AdmissionOperation.Delete)
        {
            return SystemPriorityClasses.Find(request.Name) is null ? default : throw request.Forbid("this is a system priority class and cannot be deleted");
        }

        if (IsDefault(request.Object!))
        {
            var defaults = registry.Get("scheduling.k8s.io", "v1", "priorityclasses").ListCached("").Where(IsDefault).Select(other => new ObjectAccessor(other).Name);
            if (defaults.FirstOrDefault(name => request.Operation == AdmissionOperation.Create || name != request.Name) is { } taken)
            {
                throw request.Forbid($"PriorityClass {taken} is already marked as default. Only one default can exist");
            }
        }

        return default;
    }

    private static bool IsDefault(JsonObject priorityClass) => ObjectAccessor.Flag(priorityClass, "globalDefault") == true;
}
