using Kube.Api.Errors;
using Kube.ApiServer.Admission;
using Kube.ApiServer.Registry;

namespace Kube.ApiServer.Security.Admission;

/// <summary>
/// Objects are made only in namespaces that exist and are not being deleted, and the namespaces that a
/// cluster can't be without are not deleted.
/// </summary>
internal sealed class NamespaceLifecycle(ResourceRegistry registry) : IMutatingAdmission
{
    private static readonly string[] Immortal = ["default", "kube-system", "kube-public"];

    public bool Handles(AdmissionRequest request) => request.Operation switch
    {
        AdmissionOperation.Create => request.Namespace.Length > 0 && request.Subresource.Length == 0 && request.Resource != "namespaces",
        AdmissionOperation.Delete => request is { Group: "", Resource: "namespaces" },
        _ => false,
    };

    public async ValueTask AdmitAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        if (request.Operation == AdmissionOperation.Delete)
        {
            if (Immortal.Contains(request.Name))
            {
                throw new KubeStatusException(KubeStatus.Forbidden("", "namespaces", request.Name, "this namespace may not be deleted"));
            }

            return;
        }

        var namespaces = registry.Get("", "v1", "namespaces");
        var found = namespaces.FindCached("", request.Namespace)
            ?? await namespaces.FindAsync("", request.Namespace, cancellationToken).ConfigureAwait(false)
            ?? throw ApiErrors.NotFound(namespaces.Definition, request.Namespace);
        if (new ObjectAccessor(found).IsDeleting)
        {
            throw new KubeStatusException(KubeStatus.Forbidden(
                request.Group,
                request.Resource,
                request.Name,
                $"unable to create new content in namespace {request.Namespace} because it is being terminated") with
            {
                Causes = [new StatusCause("NamespaceTerminating", $"namespace {request.Namespace} is being terminated", "metadata.namespace")],
            });
        }
    }
}
