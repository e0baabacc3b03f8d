using System.Text.Json.Nodes;
using Kube.Api.Serialization;
using Kube.ApiServer.Admission;

namespace Kube.ApiServer.Security.Admission;

/// <summary>
/// Taints a new node as not ready, until the node controller sees its conditions: pods would else come to it before
/// anything has looked at it (Kubernetes' plugin TaintNodesByCondition).
/// </summary>
internal sealed class NewNodeTaint : IMutatingAdmission
{
    private const string Key = "node.kubernetes.io/not-ready";
    private const string Effect = "NoSchedule";

    public bool Handles(AdmissionRequest request) =>
        request is { Operation: AdmissionOperation.Create, Group: "", Resource: "nodes", Subresource: "", Object: not null };

    public ValueTask AdmitAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        if (request.Object!["spec"] is not JsonObject spec)
        {
            request.Object["spec"] = spec = [];
        }

        if (spec["taints"] is not JsonArray taints)
        {
            spec["taints"] = taints = [];
        }

        if (!taints.OfType<JsonObject>().Any(taint => taint.Text("key") == Key && taint.Text("effect") == Effect))
        {
            taints.Add((JsonNode)new JsonObject { ["key"] = Key, ["effect"] = Effect });
        }

        return default;
    }
}
