using System.Text.Json.Nodes;
using Kube.Api.Quotas;
using Kube.ApiServer.Storage.WatchCache;

namespace Kube.ApiServer.Registry.Strategies;

/// <summary>Pods: born Pending with a QoS class, gone only when their node says so.</summary>
internal sealed class PodStrategy : ResourceStrategy
{
    private const long DefaultGraceSeconds = 30;

    public override bool ReturnsDeletedObject => true;

    public override IReadOnlyList<SelectableField> SelectableFields { get; } =
    [
        new("spec.nodeName"),
        new("spec.restartPolicy"),
        new("spec.schedulerName"),
        new("spec.serviceAccountName"),
        new("spec.hostNetwork", "spec.hostNetwork", "false"),
        new("status.phase"),
        new("status.podIP"),
        new("status.nominatedNodeName"),
    ];

    public override void PrepareForCreate(JsonObject obj)
    {
        obj["status"] = new JsonObject { ["phase"] = "Pending", ["qosClass"] = QualityOfService.ClassOf(obj) };
    }

    public override void PrepareForUpdate(JsonObject obj, JsonObject old) => Copy(old, obj, "status");

    public override void PrepareForStatusUpdate(JsonObject obj, JsonObject old)
    {
        base.PrepareForStatusUpdate(obj, old);
        Copy(new ObjectAccessor(old).Metadata, new ObjectAccessor(obj).Metadata, "ownerReferences");
        if (obj["status"] is JsonObject status && ObjectAccessor.Text(status, "qosClass").Length == 0)
        {
            status["qosClass"] = ObjectAccessor.Text(old["status"] as JsonObject, "qosClass");
        }
    }

    public override Grace? GraceOf(JsonObject obj, DeleteRequest request)
    {
        var spec = obj["spec"] as JsonObject;
        var phase = ObjectAccessor.Text(obj["status"] as JsonObject, "phase");
        if (ObjectAccessor.Text(spec, "nodeName").Length == 0 || phase is "Failed" or "Succeeded")
        {
            // No node runs it, so there is nobody to wait for.
            return new Grace(0);
        }

        var seconds = request.GracePeriodSeconds ?? ObjectAccessor.Number(spec, "terminationGracePeriodSeconds") ?? DefaultGraceSeconds;
        return new Grace(seconds < 0 ? 1 : seconds);
    }
}
