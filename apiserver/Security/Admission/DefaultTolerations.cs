using System.Text.Json.Nodes;
using Kube.ApiServer.Admission;
using Kube.ApiServer.Registry;

namespace Kube.ApiServer.Security.Admission;

/// <summary>Lets a pod stay for five minutes on a node that is not ready or can't be reached, unless it says otherwise.</summary>
internal sealed class DefaultTolerations : IMutatingAdmission
{
    private const int Seconds = 300;
    private static readonly string[] Taints = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"];

    public bool Handles(AdmissionRequest request) =>
        request is { Operation: AdmissionOperation.Create, Group: "", Resource: "pods", Subresource: "" };

    public ValueTask AdmitAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        if (request.Object!["spec"] is not JsonObject spec)
        {
            return default;
        }

        if (spec["tolerations"] is not JsonArray tolerations)
        {
            tolerations = [];
        }

        foreach (var taint in Taints.Where(taint => !tolerations.OfType<JsonObject>().Any(toleration => Covers(toleration, taint))))
        {
            tolerations.Add(new JsonObject { ["key"] = taint, ["operator"] = "Exists", ["effect"] = "NoExecute", ["tolerationSeconds"] = Seconds });
        }

        if (tolerations.Parent is null && tolerations.Count > 0)
        {
            spec["tolerations"] = tolerations;
        }

        return default;
    }

    private static bool Covers(JsonObject toleration, string taint) =>
        ObjectAccessor.Text(toleration, "key") is var key && (key == taint || key.Length == 0)
        && ObjectAccessor.Text(toleration, "effect") is "NoExecute" or "";
}
