using System.Text.Json.Nodes;
using Kube.Api.Schema;
using Kube.Api.Serialization;

namespace Kube.Api.Patch;

/// <summary>Who makes a change, and when: what an entry of managedFields says.</summary>
/// <param name="Manager">Name of the manager: the fieldManager parameter, or the beginning of the user agent.</param>
/// <param name="ApiVersion">Version that the change was written in.</param>
/// <param name="Time">Now, in RFC 3339 to the second.</param>
/// <param name="Subresource">"status" and so on; null for the object itself.</param>
public sealed record FieldManager(string Manager, string ApiVersion, string Time, string? Subresource = null);

/// <summary>Keeps metadata.managedFields: who set which field last.</summary>
public static class ManagedFields
{
    /// <summary>Most entries of plain updates; older ones are merged into one.</summary>
    private const int MaxUpdateEntries = 10;

    private const string AncientChanges = "ancient-changes";

    private static readonly string[] SystemFields =
    [
        "f:name", "f:namespace", "f:creationTimestamp", "f:selfLink", "f:uid", "f:generation", "f:managedFields", "f:resourceVersion",
        "f:deletionTimestamp", "f:deletionGracePeriodSeconds",
    ];

    /// <summary>
    /// Records a create, update or patch that is no apply: the manager comes to own what differs between the two
    /// objects, and nobody owns any longer what is gone.
    /// </summary>
    /// <param name="live">The object as it is; null when it is created.</param>
    /// <param name="obj">The object as it will be; its managedFields are set.</param>
    /// <param name="schema">Their schema.</param>
    /// <param name="manager">Who.</param>
    /// <exception cref="PatchException">The managedFields are malformed.</exception>
    public static void Update(JsonObject? live, JsonObject obj, ObjectSchema schema, FieldManager manager)
    {
        var shape = ApplyShape.Of(schema);
        var entries = EntriesOf(live, obj);

        // A new object is compared with an empty one of its type, whose structs are there but set nothing. That the record itself is among what
        // is compared does no harm: nobody owns it.
        var before = live ?? ZeroValue.OfObject(schema);
        var changed = Strip(AppliedFields.Changed(before, obj, shape));
        var removed = AppliedFields.Added(obj, before, shape);
        Entry? own = null;
        foreach (var entry in entries)
        {
            if (entry.IsUpdate && entry.Is(manager))
            {
                own = entry;
            }
            else
            {
                entry.Fields = entry.Fields.Difference(changed).Difference(removed);
            }
        }

        if (own is null)
        {
            entries.Add(own = new Entry(manager, isUpdate: true));
        }

        var owned = own.Fields.Difference(removed).Union(changed);
        if (!owned.SameAs(own.Fields))
        {
            own.Fields = owned;
            own.Time = manager.Time;
        }

        Cap(entries, manager.Time);
        Write(obj, entries);
    }

    /// <summary>
    /// The entries to go on from: those that the client sent, else those of the live object. One empty entry
    /// ([{}]) is how a client resets the record.
    /// </summary>
    private static List<Entry> EntriesOf(JsonObject? live, JsonObject obj)
    {
        var sent = obj.Map("metadata").Items("managedFields").ToList();
        if (sent is [{ Count: 0 }])
        {
            return [];
        }

        return sent.Count > 0 ? Read(obj) : Read(live);
    }

    private static void Cap(List<Entry> entries, string time)
    {
        var updates = entries.Where(e => e.IsUpdate && !e.Fields.IsEmpty).OrderBy(e => e.Time, StringComparer.Ordinal).ToList();
        for (var excess = updates.Count - MaxUpdateEntries; excess > 0; excess--)
        {
            var oldest = updates[0];
            updates.RemoveAt(0);
            var ancient = entries.Find(e => e.Manager == AncientChanges && e.ApiVersion == oldest.ApiVersion && e != oldest);
            if (ancient is null)
            {
                entries.Add(ancient = new Entry(new FieldManager(AncientChanges, oldest.ApiVersion, oldest.Time ?? time), isUpdate: true));
                excess++;
            }

            ancient.Fields = ancient.Fields.Union(oldest.Fields);
            entries.Remove(oldest);
        }
    }

    /// <summary>The object without its managedFields, which are no part of what is owned.</summary>
    internal static JsonObject? Bare(JsonObject? obj)
    {
        if (obj is null || !obj.Map("metadata").Has("managedFields"))
        {
            return obj;
        }

        var copy = (JsonObject)obj.DeepClone();
        copy.Map("metadata")!.Remove("managedFields");
        return copy;
    }

    /// <summary>Takes out what belongs to the system and has no owner.</summary>
    internal static FieldSet Strip(FieldSet set)
    {
        set = set.Without("f:apiVersion", "f:kind");
        if (set.Find("f:metadata") is not { } metadata)
        {
            return set;
        }

        var owned = metadata.Without(SystemFields);
        return ReferenceEquals(owned, metadata) && !owned.IsLeaf ? set : set.With("f:metadata", owned.IsLeaf ? FieldSet.Empty : owned);
    }

    internal static List<Entry> Read(JsonObject? obj) =>
        [.. obj.Map("metadata").Items("managedFields").Select(Entry.FromJson)];

    internal static void Write(JsonObject obj, List<Entry> entries)
    {
        var kept = entries.Where(e => !e.Fields.IsEmpty)
            .OrderBy(e => e.IsUpdate).ThenBy(e => e.Time ?? "", StringComparer.Ordinal).ThenBy(e => e.Manager, StringComparer.Ordinal).ToList();
        if (obj.Map("metadata") is not { } metadata)
        {
            obj["metadata"] = metadata = [];
        }

        if (kept.Count == 0)
        {
            metadata.Remove("managedFields");
        }
        else
        {
            metadata["managedFields"] = new JsonArray([.. kept.Select(e => e.ToJson())]);
        }
    }

    /// <summary>One manager's entry.</summary>
    internal sealed class Entry(FieldManager manager, bool isUpdate)
    {
        internal string Manager { get; } = manager.Manager;

        internal string ApiVersion { get; } = manager.ApiVersion;

        internal string? Subresource { get; } = string.IsNullOrEmpty(manager.Subresource) ? null : manager.Subresource;

        internal bool IsUpdate { get; } = isUpdate;

        internal string? Time { get; set; } = manager.Time;

        internal FieldSet Fields { get; set; } = FieldSet.Empty;

        internal bool Is(FieldManager other) =>
            Manager == other.Manager && ApiVersion == other.ApiVersion && (Subresource ?? "") == (other.Subresource ?? "");

        /// <summary>As conflicts name it: "kubectl" using apps/v1 at a time.</summary>
        internal string Describe()
        {
            var name = GoText.Quote(Manager) + (Subresource is null ? "" : " with subresource " + GoText.Quote(Subresource));
            return !IsUpdate ? name : $"{name} using {ApiVersion}" + (Time is null ? "" : " at " + Time);
        }

        internal static Entry FromJson(JsonObject entry)
        {
            var manager = new FieldManager(entry.Text("manager") ?? "", entry.Text("apiVersion") ?? "", entry.Text("time") ?? "", entry.Text("subresource"));
            return new Entry(manager, entry.Text("operation") != "Apply")
            {
                Time = entry.Text("time"),
                Fields = FieldSet.FromFieldsV1(entry.Map("fieldsV1")),
            };
        }

        internal JsonObject ToJson()
        {
            var result = new JsonObject { ["manager"] = Manager, ["operation"] = IsUpdate ? "Update" : "Apply", ["apiVersion"] = ApiVersion };
            if (Time is not null)
            {
                result["time"] = Time;
            }

            result["fieldsType"] = "FieldsV1";
            result["fieldsV1"] = Fields.ToFieldsV1();
            if (Subresource is not null)
            {
                result["subresource"] = Subresource;
            }

            return result;
        }
    }
}
