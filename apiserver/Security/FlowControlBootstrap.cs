using System.Text.Json.Nodes;
using Kube.Api.Errors;
using Kube.Api.Json;
using Kube.Api.Meta.V1;
using Kube.ApiServer.Auth;
using Kube.ApiServer.FlowControl;
using Kube.ApiServer.Registry;

namespace Kube.ApiServer.Security;

/// <summary>
/// Makes the flow schemas and priority levels that every cluster has, keeps up the specs of those that are not the operator's, and notes on
/// each schema whether its level exists.
/// </summary>
public sealed class FlowControlBootstrap(ResourceRegistry registry, TimeProvider time)
{
    private const string Dangling = "Dangling";
    private readonly WriteContext _context = new() { User = UserInfo.ApiServer, FieldManager = "api-priority-and-fairness-config-producer-v1" };
    private readonly ResourceStore _schemas = registry.Get(FlowControlSource.Group, "v1", "flowschemas");
    private readonly ResourceStore _levels = registry.Get(FlowControlSource.Group, "v1", "prioritylevelconfigurations");

    /// <summary>Does all of it once. Safe to run again, and beside another API server that does the same.</summary>
    /// <exception cref="KubeStatusException">The store refused a write.</exception>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        var work = new List<Task>();
        work.AddRange(BootstrapFlows.MandatoryLevels.Select(level => EnsureAsync(_levels, level, isMandatory: true, cancellationToken)));
        work.AddRange(BootstrapFlows.SuggestedLevels.Select(level => EnsureAsync(_levels, level, isMandatory: false, cancellationToken)));
        work.AddRange(BootstrapFlows.MandatorySchemas.Select(schema => EnsureAsync(_schemas, schema, isMandatory: true, cancellationToken)));
        work.AddRange(BootstrapFlows.SuggestedSchemas.Select(schema => EnsureAsync(_schemas, schema, isMandatory: false, cancellationToken)));
        await Task.WhenAll(work).ConfigureAwait(false);
        await NoteDanglingAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task EnsureAsync<T>(ResourceStore store, T wanted, bool isMandatory, CancellationToken cancellationToken)
        where T : class, IKubeObject
    {
        var name = wanted.Metadata.Name!;
        var obj = KubeJson.ToJsonObject(wanted);
        ObjectRules.ApplyDefaults(obj, store.Definition.Info);
        var existing = await store.FindAsync("", name, cancellationToken).ConfigureAwait(false);
        if (existing is null)
        {
            try
            {
                await store.CreateAsync(_context, "", obj, cancellationToken).ConfigureAwait(false);
            }
            catch (KubeStatusException e) when (e.Status.Reason == "AlreadyExists")
            {
                // Another API server was first, with the same content.
            }

            return;
        }

        if (!IsKeptUp(existing, isMandatory) || IsAsWanted(existing, obj, name))
        {
            return;
        }

        await store.UpdateAsync(
            _context,
            "",
            name,
            current =>
            {
                current["spec"] = SpecOf(obj, current, name).DeepClone();
                var metadata = current["metadata"]!.AsObject();
                var annotations = metadata["annotations"] as JsonObject ?? [];
                annotations[BootstrapFlows.AutoUpdate] = "true";
                metadata["annotations"] = annotations.Parent is null ? annotations : annotations.DeepClone();
                return ValueTask.FromResult(current);
            },
            null,
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Mandatory objects always; suggested ones as their annotation says, and without it as long as nobody has changed them.</summary>
    private static bool IsKeptUp(JsonObject existing, bool isMandatory) =>
        isMandatory || (string?)existing["metadata"]?["annotations"]?[BootstrapFlows.AutoUpdate] switch
        {
            "true" => true,
            null => ObjectAccessor.Number(existing["metadata"] as JsonObject, "generation") == 1,
            _ => false,
        };

    private static bool IsAsWanted(JsonObject existing, JsonObject wanted, string name) =>
        JsonNode.DeepEquals(existing["spec"], SpecOf(wanted, existing, name))
        && (string?)existing["metadata"]?["annotations"]?[BootstrapFlows.AutoUpdate] == "true";

    /// <summary>The wanted spec; what the exempt level lends is the operator's to say.</summary>
    private static JsonObject SpecOf(JsonObject wanted, JsonObject existing, string name)
    {
        var spec = wanted["spec"]!.AsObject();
        if (name == BootstrapFlows.Exempt && existing["spec"]?["exempt"] is JsonObject exempt && spec.ContainsKey("exempt"))
        {
            spec["exempt"] = exempt.DeepClone();
        }

        return spec;
    }

    /// <summary>A condition on every schema: whether its level exists.</summary>
    private async Task NoteDanglingAsync(CancellationToken cancellationToken)
    {
        // A read that sees every write before it, so that the caches are as new as what was made above.
        await _levels.FindAsync("", BootstrapFlows.CatchAll, cancellationToken).ConfigureAwait(false);
        var levels = _levels.ListCached("").Select(NameOf).ToHashSet(StringComparer.Ordinal);
        await Task.WhenAll(_schemas.ListCached("").Select(schema => NoteDanglingAsync(schema, levels, cancellationToken))).ConfigureAwait(false);
    }

    private async Task NoteDanglingAsync(JsonObject schema, HashSet<string> levels, CancellationToken cancellationToken)
    {
        var level = (string?)schema["spec"]?["priorityLevelConfiguration"]?["name"] ?? "";
        var (status, reason, end) = levels.Contains(level) ? ("False", "Found", "and it exists") : ("True", "NotFound", "but there is no such object");
        var message = $"This FlowSchema references the PriorityLevelConfiguration object named \"{level}\" {end}";
        if (IsNoted(schema, status, message))
        {
            return;
        }

        try
        {
            await _schemas.UpdateAsync(
                _context with { FieldManager = "api-priority-and-fairness-config-consumer-v1", Subresource = "status" },
                "",
                NameOf(schema),
                current => ValueTask.FromResult(WithCondition(current, status, reason, message)),
                null,
                cancellationToken).ConfigureAwait(false);
        }
        catch (KubeStatusException e) when (e.Status.Reason is "NotFound" or "Conflict")
        {
            // Deleted, or noted by another API server, in between.
        }
    }

    private static string NameOf(JsonObject obj) => new ObjectAccessor(obj).Name;

    private static bool IsNoted(JsonObject schema, string status, string message) =>
        (schema["status"]?["conditions"] as JsonArray ?? []).Any(c =>
            (string?)c?["type"] == Dangling && (string?)c["status"] == status && (string?)c["message"] == message);

    private JsonObject WithCondition(JsonObject schema, string status, string reason, string message)
    {
        var others = (schema["status"]?["conditions"] as JsonArray ?? []).Where(c => (string?)c?["type"] != Dangling).Select(c => c!.DeepClone());
        schema["status"] = new JsonObject
        {
            ["conditions"] = new JsonArray(
            [
                .. others,
                new JsonObject
                {
                    ["type"] = Dangling,
                    ["status"] = status,
                    ["lastTransitionTime"] = ObjectAccessor.FormatTime(time.GetUtcNow()),
                    ["reason"] = reason,
                    ["message"] = message,
                },
            ]),
        };
        return schema;
    }
}
