using System.Text.Json.Nodes;
using Kube.ApiServer.Auth;
using Kube.ApiServer.Storage.WatchCache;

namespace Kube.ApiServer.Registry.Strategies;

/// <summary>
/// Certificate signing requests: they record who asked, their spec never changes, approval comes through its own
/// subresource and the certificate through status.
/// </summary>
internal sealed class SigningRequestStrategy(TimeProvider time) : ResourceStrategy
{
    private static readonly string[] Decisions = ["Approved", "Denied"];

    public override IReadOnlyList<SelectableField> SelectableFields { get; } = [new("spec.signerName")];

    public override void RecordRequester(JsonObject obj, UserInfo user)
    {
        var spec = (JsonObject)(obj["spec"] ??= new JsonObject());
        foreach (var field in (string[])["username", "uid", "groups", "extra"])
        {
            spec.Remove(field);
        }

        spec["username"] = user.Name;
        if (user.Uid.Length > 0)
        {
            spec["uid"] = user.Uid;
        }

        if (user.Groups.Count > 0)
        {
            spec["groups"] = Texts(user.Groups);
        }

        if (user.Extra.Count > 0)
        {
            spec["extra"] = new JsonObject(user.Extra.Select(e => KeyValuePair.Create(e.Key, (JsonNode?)Texts(e.Value))));
        }
    }

    public override void PrepareForUpdate(JsonObject obj, JsonObject old)
    {
        base.PrepareForUpdate(obj, old);
        Copy(old, obj, "spec");
    }

    /// <summary>The decisions stay as they are; everything else in the status may change.</summary>
    public override void PrepareForStatusUpdate(JsonObject obj, JsonObject old)
    {
        base.PrepareForStatusUpdate(obj, old);
        var status = (JsonObject)(obj["status"] ??= new JsonObject());
        var kept = Conditions(old["status"]).Where(IsDecision).Concat(Conditions(status).Where(c => !IsDecision(c))).Select(c => c.DeepClone()).ToArray();
        SetConditions(status, kept, old);
    }

    /// <summary>Through approval only the conditions change.</summary>
    public void PrepareForApproval(JsonObject obj, JsonObject old)
    {
        base.PrepareForStatusUpdate(obj, old);
        var wanted = Conditions(obj["status"]).Select(c => c.DeepClone()).ToArray();
        Copy(old, obj, "status");
        SetConditions((JsonObject)(obj["status"] ??= new JsonObject()), wanted, old);
    }

    private void SetConditions(JsonObject status, JsonNode[] conditions, JsonObject old)
    {
        status.Remove("conditions");
        if (conditions.Length > 0)
        {
            status["conditions"] = new JsonArray(conditions);
        }

        var now = ObjectAccessor.FormatTime(time.GetUtcNow());
        foreach (var condition in conditions.Cast<JsonObject>())
        {
            var before = Conditions(old["status"]).FirstOrDefault(c => ObjectAccessor.Text(c, "type") == ObjectAccessor.Text(condition, "type"));
            if (ObjectAccessor.Text(condition, "lastUpdateTime").Length == 0)
            {
                condition["lastUpdateTime"] = now;
            }

            if (ObjectAccessor.Text(condition, "lastTransitionTime").Length == 0)
            {
                var unchanged = before is not null && ObjectAccessor.Text(before, "status") == ObjectAccessor.Text(condition, "status")
                    && ObjectAccessor.Text(before, "lastTransitionTime").Length > 0;
                condition["lastTransitionTime"] = unchanged ? ObjectAccessor.Text(before, "lastTransitionTime") : now;
            }
        }
    }

    private static bool IsDecision(JsonObject condition) => Decisions.Contains(ObjectAccessor.Text(condition, "type"));

    private static IEnumerable<JsonObject> Conditions(JsonNode? status) => (status?["conditions"] as JsonArray ?? []).OfType<JsonObject>();

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(t => (JsonNode)t)]);
}
