using System.Text.Json.Nodes;
using Kube.ApiServer.Storage.WatchCache;

namespace Kube.ApiServer.Registry.Strategies;

/// <summary>Claims and volumes: new ones are pending, until whoever binds them says otherwise.</summary>
internal class ClaimStrategy : ResourceStrategy
{
    public override bool ReturnsDeletedObject => true;

    public override void PrepareForCreate(JsonObject obj)
    {
        base.PrepareForCreate(obj);
        obj["status"] = new JsonObject { ["phase"] = "Pending" };
    }
}

/// <summary>Volumes say besides since when they are in their phase (KEP-3762).</summary>
internal sealed class VolumeStrategy(TimeProvider time) : ClaimStrategy
{
    private const string Since = "lastPhaseTransitionTime";

    public override void PrepareForCreate(JsonObject obj)
    {
        base.PrepareForCreate(obj);
        obj["status"]![Since] = ObjectAccessor.FormatTime(time.GetUtcNow());
    }

    public override void PrepareForStatusUpdate(JsonObject obj, JsonObject old)
    {
        base.PrepareForStatusUpdate(obj, old);
        var (status, before) = (obj["status"] as JsonObject, old["status"] as JsonObject);
        if (status is not null && ObjectAccessor.Text(status, "phase") != ObjectAccessor.Text(before, "phase")
            && (ObjectAccessor.Text(status, Since) is "" || ObjectAccessor.Text(status, Since) == ObjectAccessor.Text(before, Since)))
        {
            status[Since] = ObjectAccessor.FormatTime(time.GetUtcNow());
        }
    }
}
