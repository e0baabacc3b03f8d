using System.Text.Json.Nodes;
using Kube.Api.Schema;
using Kube.Api.Serialization;

namespace Kube.Api.Patch;

/// <summary>A field that an apply would change and another manager owns.</summary>
/// <param name="Manager">Who owns it, as messages say it.</param>
/// <param name="Field">The field's place: .spec.replicas.</param>
public sealed record ApplyConflict(string Manager, string Field);

/// <summary>An apply without force that would change fields of others.</summary>
public sealed class ApplyConflictException(string message, IReadOnlyList<ApplyConflict> conflicts) : Exception(message)
{
    public IReadOnlyList<ApplyConflict> Conflicts { get; } = conflicts;
}

/// <summary>
/// Server-side apply (KEP-555): a manager states the fields it cares about; the object takes them over, fields
/// that the manager stated before and no longer does go, and fields of others are in conflict unless forced.
/// </summary>
public static class ServerSideApply
{
    private const string BeforeFirstApply = "before-first-apply";

    /// <summary>
    /// The object with the configuration applied and managedFields kept. It is not yet defaulted. The inputs are
    /// not changed.
    /// </summary>
    /// <param name="live">The object as it is; null when the apply creates it.</param>
    /// <param name="config">What the manager states, passed by <see cref="SchemaCheck.ApplyPartial"/>.</param>
    /// <param name="schema">Their schema.</param>
    /// <param name="manager">Who applies; its version must be the configuration's.</param>
    /// <param name="force">True to take over fields of others.</param>
    /// <param name="ignoredFields">Top-level fields that this endpoint doesn't write ("status"): neither set nor owned.</param>
    /// <exception cref="ApplyConflictException">Others own fields that would change, and it is not forced.</exception>
    /// <exception cref="PatchException">The configuration is malformed.</exception>
    public static JsonObject Apply(
        JsonObject? live, JsonObject config, ObjectSchema schema, FieldManager manager, bool force, params IEnumerable<string> ignoredFields)
    {
        config = Checked(config, manager, ignoredFields);
        var shape = ApplyShape.Of(schema);
        AppliedFields.CheckUnique(config, shape, "");
        var stated = ManagedFields.Strip(AppliedFields.Of(config, shape));
        var before = ManagedFields.Bare(live) ?? [];
        var entries = live is null ? [] : ManagedFields.Read(live);
        if (live is not null && entries.Count == 0)
        {
            var all = new ManagedFields.Entry(manager with { Manager = BeforeFirstApply, Subresource = null }, isUpdate: true)
            {
                Fields = ManagedFields.Strip(AppliedFields.Of(before, shape)),
            };
            entries.Add(all);
        }

        var own = entries.Find(e => !e.IsUpdate && e.Is(manager));
        var others = entries.Where(e => e != own).ToList();
        var merged = (JsonObject)AppliedFields.Merge(before, config, shape)!;
        var (was, willBe) = (AppliedFields.Of(before, shape), AppliedFields.Of(merged, shape));
        var changed = ManagedFields.Strip(AppliedFields.Modified(before, merged, shape).Union(willBe.Difference(was)));
        TakeOver(others, changed, force, LastApplied.OwnedBy(manager, live, shape));

        if (own is not null)
        {
            var kept = others.Aggregate(stated, (set, e) => set.Union(e.Fields));
            AppliedFields.Remove(merged, own.Fields.Difference(stated), kept, shape);
            var removed = was.Difference(AppliedFields.Of(merged, shape));
            others.ForEach(e => e.Fields = e.Fields.Difference(removed));
        }

        own ??= new ManagedFields.Entry(manager, isUpdate: false);
        if (!own.Fields.SameAs(stated) || !JsonNode.DeepEquals(before, merged))
        {
            own.Fields = stated;
            own.Time = manager.Time;
        }

        ManagedFields.Write(merged, [own, .. others]);
        LastApplied.Renew(manager, live, merged, config);
        return merged;
    }

    private static JsonObject Checked(JsonObject config, FieldManager manager, IEnumerable<string> ignoredFields)
    {
        if (config.Text("apiVersion") is { } version && version != manager.ApiVersion)
        {
            throw new PatchException($"Incorrect version specified in apply patch. Specified patch version: {version}, expected: {manager.ApiVersion}", PatchFailure.BadRequest);
        }

        if (config.Map("metadata").Has("managedFields"))
        {
            throw new PatchException("metadata.managedFields must be nil", PatchFailure.BadRequest);
        }

        config = (JsonObject)config.DeepClone();
        foreach (var field in ignoredFields)
        {
            config.Remove(field);
        }

        return config;
    }

    /// <summary>Takes changed fields from other managers, or refuses to.</summary>
    /// <param name="allowed">Places that may be taken without force.</param>
    private static void TakeOver(List<ManagedFields.Entry> others, FieldSet changed, bool force, FieldSet allowed)
    {
        var conflicts = new List<ApplyConflict>();
        foreach (var entry in others)
        {
            var contested = entry.Fields.Intersection(changed);
            if (contested.IsEmpty)
            {
                continue;
            }

            if (!force)
            {
                conflicts.AddRange(contested.Difference(allowed).Paths().Select(p => new ApplyConflict(entry.Describe(), p)));
            }

            entry.Fields = entry.Fields.Difference(contested);
        }

        if (conflicts.Count > 0)
        {
            throw new ApplyConflictException(MessageOf(conflicts), conflicts);
        }
    }

    private static string MessageOf(List<ApplyConflict> conflicts)
    {
        if (conflicts.Count == 1)
        {
            return $"Apply failed with 1 conflict: conflict with {conflicts[0].Manager}: {conflicts[0].Field}";
        }

        var lines = conflicts.GroupBy(c => c.Manager).OrderBy(g => g.Key, StringComparer.Ordinal)
            .SelectMany(g => g.Select(c => "- " + c.Field).Prepend($"conflicts with {g.Key}:"));
        return $"Apply failed with {conflicts.Count} conflicts: {string.Join("\n", lines)}";
    }
}
