using System.Text.Json.Nodes;

namespace Kube.ApiServer.Registry.Strategies;

/// <summary>Events of events.k8s.io/v1 over stored core/v1 events: the same fields under other names.</summary>
internal sealed class EventConverter : IVersionConverter
{
    private static readonly (string Served, string Stored)[] Names =
    [
        ("regarding", "involvedObject"),
        ("note", "message"),
        ("reportingController", "reportingComponent"),
        ("deprecatedSource", "source"),
        ("deprecatedFirstTimestamp", "firstTimestamp"),
        ("deprecatedLastTimestamp", "lastTimestamp"),
        ("deprecatedCount", "count"),
    ];

    public JsonObject ToStored(JsonObject served) => Rename(served, "v1", toStored: true);

    public JsonObject ToServed(JsonObject stored) => Rename(stored, "events.k8s.io/v1", toStored: false);

    public string FieldToStored(string field)
    {
        foreach (var (served, stored) in Names)
        {
            if (field == served || field.StartsWith(served + ".", StringComparison.Ordinal))
            {
                return stored + field[served.Length..];
            }
        }

        return field;
    }

    private static JsonObject Rename(JsonObject obj, string apiVersion, bool toStored)
    {
        obj["apiVersion"] = apiVersion;
        foreach (var (served, stored) in Names)
        {
            var (from, to) = toStored ? (served, stored) : (stored, served);
            if (obj.TryGetPropertyValue(from, out var value))
            {
                obj.Remove(from);
                obj[to] = value;
            }
        }

        if (toStored && obj["source"] is null)
        {
            obj["source"] = new JsonObject();
        }

        return obj;
    }
}
