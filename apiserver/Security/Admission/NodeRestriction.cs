using System.Text.Json.Nodes;
using Kube.Api.Errors;
using Kube.ApiServer.Admission;
using Kube.ApiServer.Auth.Nodes;
using Kube.ApiServer.Registry;

namespace Kube.ApiServer.Security.Admission;

/// <summary>
/// Keeps a kubelet to its own: its node, the pods bound to it, its lease, and tokens for pods that it runs. What the
/// Node authorizer allows by kind and verb, this narrows by what the objects say.
/// </summary>
internal sealed class NodeRestriction(ResourceRegistry registry) : IMutatingAdmission
{
    private const string MirrorAnnotation = "kubernetes.io/config.mirror";

    public bool Handles(AdmissionRequest request) =>
        request.Operation != AdmissionOperation.Connect && request.User.Groups.Contains("system:nodes") && (request.Group, request.Resource) is ("", "pods") or ("", "nodes")
            or ("", "serviceaccounts") or ("coordination.k8s.io", "leases");

    public async ValueTask AdmitAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        if (NodeAuthorizer.NodeOf(request.User) is not { } node)
        {
            return;
        }

        switch (request.Resource)
        {
            case "pods":
                CheckPod(request, node);
                break;
            case "nodes":
                CheckNode(request, node);
                break;
            case "leases" when request.Operation == AdmissionOperation.Create && request.Name != node:
                throw Refuse(request, "can only access node lease with the same name as the requesting node");
            case "serviceaccounts" when request is { Subresource: "token", Operation: AdmissionOperation.Create }:
                await CheckTokenAsync(request, node, cancellationToken).ConfigureAwait(false);
                break;
        }
    }

    private static void CheckPod(AdmissionRequest request, string node)
    {
        switch (request.Operation)
        {
            case AdmissionOperation.Create when request.Subresource.Length == 0:
                if (request.Object?["metadata"]?["annotations"]?[MirrorAnnotation] is null)
                {
                    throw Refuse(request, $"pod does not have \"{MirrorAnnotation}\" annotation, node \"{node}\" can only create mirror pods");
                }

                RequireBoundTo(request, request.Object, node, "can only create pods with spec.nodeName set to itself");
                break;
            case AdmissionOperation.Create when request.Subresource == "eviction":
                break; // the pod itself is checked when it is deleted
            case AdmissionOperation.Update when request.Subresource == "status":
                RequireBoundTo(request, request.OldObject, node, "can only update pod status for pods with spec.nodeName set to itself");
                break;
            case AdmissionOperation.Delete:
                RequireBoundTo(request, request.OldObject, node, "can only delete pods with spec.nodeName set to itself");
                break;
            default:
                throw Refuse(request, $"unexpected operation \"{request.Operation.ToString().ToUpperInvariant()}\", node \"{node}\" can only create and delete mirror pods");
        }
    }

    private static void CheckNode(AdmissionRequest request, string node)
    {
        if (request.Name != node)
        {
            throw Refuse(request, $"node \"{node}\" is not allowed to modify node \"{request.Name}\"");
        }

        if (request.Operation == AdmissionOperation.Delete)
        {
            return;
        }

        if (request.Operation == AdmissionOperation.Update && request.Subresource.Length == 0
            && !JsonNode.DeepEquals(request.Object?["spec"]?["taints"], request.OldObject?["spec"]?["taints"]))
        {
            throw Refuse(request, $"node \"{node}\" is not allowed to modify taints");
        }

        var labels = request.Object?["metadata"]?["labels"] as JsonObject ?? [];
        var before = request.OldObject?["metadata"]?["labels"] as JsonObject ?? [];
        foreach (var (name, value) in labels)
        {
            if (name.StartsWith("node-restriction.kubernetes.io/", StringComparison.Ordinal) && !JsonNode.DeepEquals(value, before[name]))
            {
                throw Refuse(request, $"is not allowed to modify labels: {name}");
            }
        }
    }

    private async ValueTask CheckTokenAsync(AdmissionRequest request, string node, CancellationToken cancellationToken)
    {
        var reference = request.Object?["spec"]?["boundObjectRef"] as JsonObject;
        if (ObjectAccessor.Text(reference, "kind") != "Pod")
        {
            throw Refuse(request, "node requested token not bound to a pod");
        }

        var name = ObjectAccessor.Text(reference, "name");
        var pod = await registry.Get("", "v1", "pods").FindAsync(request.Namespace, name, cancellationToken).ConfigureAwait(false);
        RequireBoundTo(request, pod, node, "requested token bound to a pod scheduled on a different node");
    }

    private static void RequireBoundTo(AdmissionRequest request, JsonObject? pod, string node, string otherwise)
    {
        if (ObjectAccessor.Text(pod?["spec"] as JsonObject, "nodeName") != node)
        {
            throw Refuse(request, $"node \"{node}\" {otherwise}");
        }
    }

    private static KubeStatusException Refuse(AdmissionRequest request, string why) =>
        new(KubeStatus.Forbidden(request.Group, request.Resource, request.Name, why));
}
