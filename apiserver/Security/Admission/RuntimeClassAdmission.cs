using System.Text.Json.Nodes;
using Kube.Api.Errors;
using Kube.Api.Quotas;
using Kube.ApiServer.Admission;
using Kube.ApiServer.Registry;

namespace Kube.ApiServer.Security.Admission;

/// <summary>
/// Gives a pod what its runtime class says: the overhead that counts for scheduling, and the nodes it may run on. A pod
/// of a class that is not there, or that claims an overhead of its own, is refused (KEP-585, KEP-688).
/// </summary>
internal sealed class RuntimeClassAdmission(ResourceRegistry registry) : IMutatingAdmission
{
    public bool Handles(AdmissionRequest request) =>
        request is { Operation: AdmissionOperation.Create, Group: "", Resource: "pods", Subresource: "" };

    public async ValueTask AdmitAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        if (request.Object!["spec"] is not JsonObject spec)
        {
            return;
        }

        var name = ObjectAccessor.Text(spec, "runtimeClassName");
        var found = name.Length == 0 ? null : await FindAsync(request, name, cancellationToken).ConfigureAwait(false);
        SetOverhead(request, spec, found?["overhead"]?["podFixed"] as JsonObject);
        if (found?["scheduling"] is JsonObject scheduling)
        {
            MergeSelector(request, spec, scheduling["nodeSelector"] as JsonObject ?? []);
            MergeTolerations(spec, scheduling["tolerations"] as JsonArray ?? []);
        }
    }

    private async ValueTask<JsonObject> FindAsync(AdmissionRequest request, string name, CancellationToken cancellationToken)
    {
        var classes = registry.Get("node.k8s.io", "v1", "runtimeclasses");
        return classes.FindCached("", name)
            ?? await classes.FindAsync("", name, cancellationToken).ConfigureAwait(false)
            ?? throw Refuse(request, $"pod rejected: RuntimeClass \"{name}\" not found");
    }

    private static void SetOverhead(AdmissionRequest request, JsonObject spec, JsonObject? overhead)
    {
        if (overhead is null)
        {
            if (spec["overhead"] is JsonObject { Count: > 0 })
            {
                throw Refuse(request, "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead");
            }

            return;
        }

        if (spec["overhead"] is JsonObject { Count: > 0 } given && !ResourceAmounts.Equal(given, overhead))
        {
            throw Refuse(request, "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead");
        }

        spec["overhead"] = overhead.DeepClone();
    }

    private static void MergeSelector(AdmissionRequest request, JsonObject spec, JsonObject wanted)
    {
        foreach (var (key, value) in wanted)
        {
            if (spec["nodeSelector"] is not JsonObject selector)
            {
                spec["nodeSelector"] = selector = [];
            }

            if (selector[key] is { } own && !JsonNode.DeepEquals(own, value))
            {
                throw Refuse(request, $"conflict: runtimeClass.scheduling.nodeSelector[{key}] = {value}; pod.spec.nodeSelector[{key}] = {own}");
            }

            selector[key] = value?.DeepClone();
        }
    }

    private static void MergeTolerations(JsonObject spec, JsonArray wanted)
    {
        foreach (var toleration in wanted)
        {
            if (spec["tolerations"] is not JsonArray tolerations)
            {
                spec["tolerations"] = tolerations = [];
            }

            if (!tolerations.Any(own => JsonNode.DeepEquals(own, toleration)))
            {
                tolerations.Add(toleration?.DeepClone());
            }
        }
    }

    private static KubeStatusException Refuse(AdmissionRequest request, string why) => new(KubeStatus.Forbidden("", "pods", request.Name, why));
}
