using System.Text.Json.Nodes;
using Kube.Api.Schema;
using Kube.Api.Selectors;
using Kube.ApiServer.Auth;

namespace Kube.ApiServer.Registry.Subresources;

/// <summary>
/// pods/eviction: deletes a pod where the disruption budgets that select it allow one more disruption; 429 where not.
/// The budget is charged by a conditional write of its status, so that evictions through several servers share it. The pod says
/// in its status that it was evicted, before it goes.
/// </summary>
internal sealed class EvictionSubresource(Func<ResourceStore?> budgets, TimeProvider time) : ICreateSubresource
{
    private const int MaxDisruptedPods = 2000;
    private static readonly string[] Served = ["create"];

    public GroupVersionKind Kind { get; } = new("policy", "v1", "Eviction");

    public IReadOnlyList<string> Verbs => Served;

    public async Task<JsonObject> CreateAsync(WriteContext context, ResourceStore store, string ns, string name, JsonObject body, CancellationToken cancellationToken)
    {
        if (new ObjectAccessor(body).Name != name)
        {
            throw ApiErrors.BadRequest("name in URL does not match name in Eviction object");
        }

        var options = body["deleteOptions"] as JsonObject;
        var request = options is null ? new DeleteRequest() : DeleteRequest.FromObject(options);
        context = context with { DryRun = context.DryRun || options?["dryRun"] is JsonArray { Count: > 0 } };
        var pod = await store.FindAsync(ns, name, cancellationToken).ConfigureAwait(false) ?? throw ApiErrors.NotFound(store.Definition, name);
        var uid = request.PreconditionUid ?? new ObjectAccessor(pod).Uid;
        if (!IgnoresBudget(pod) && budgets() is { } budgetStore)
        {
            await ChargeAsync(context, budgetStore, pod, ns, name, cancellationToken).ConfigureAwait(false);
        }

        if (!context.DryRun)
        {
            await MarkAsync(store, ns, name, uid, cancellationToken).ConfigureAwait(false);
        }

        await store.DeleteAsync(context, ns, name, request with { PreconditionUid = uid }, cancellationToken).ConfigureAwait(false);
        return ApiErrors.Success(201);
    }

    /// <summary>A pod that has not begun, has ended or is going already takes nothing from anyone.</summary>
    private static bool IgnoresBudget(JsonObject pod) =>
        new ObjectAccessor(pod).IsDeleting || ObjectAccessor.Text(pod["status"] as JsonObject, "phase") is "Succeeded" or "Failed" or "Pending";

    private async Task ChargeAsync(WriteContext context, ResourceStore budgetStore, JsonObject pod, string ns, string name, CancellationToken cancellationToken)
    {
        var labels = (pod["metadata"] as JsonObject)?["labels"] as JsonObject ?? [];
        var matching = budgetStore.ListCached(ns)
            .Where(b => LabelSelector.FromObject(b["spec"]?["selector"] as JsonObject).Matches(labels))
            .ToList();
        if (matching.Count > 1)
        {
            throw ApiErrors.InternalError("This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.");
        }

        if (matching.Count == 0 || MaySpare(pod, matching[0]))
        {
            return;
        }

        var budget = new ObjectAccessor(matching[0]).Name;
        var status = new WriteContext { User = context.User, DryRun = context.DryRun, Subresource = "status" };
        await budgetStore.UpdateAsync(status, ns, budget, current => ValueTask.FromResult(Charge(current, budget, name)), null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// A pod that is not ready is no loss: where the budget says so, or else while the others are as many as it wants.
    /// </summary>
    private static bool MaySpare(JsonObject pod, JsonObject budget)
    {
        if (ConditionsOf(pod["status"]).Any(static condition => ObjectAccessor.Text(condition, "type") == "Ready" && ObjectAccessor.Text(condition, "status") == "True"))
        {
            return false;
        }

        var status = budget["status"] as JsonObject;
        var desired = ObjectAccessor.Number(status, "desiredHealthy") ?? 0;
        return ObjectAccessor.Text(budget["spec"] as JsonObject, "unhealthyPodEvictionPolicy") == "AlwaysAllow"
            || (desired > 0 && (ObjectAccessor.Number(status, "currentHealthy") ?? 0) >= desired);
    }

    private JsonObject Charge(JsonObject budget, string budgetName, string podName)
    {
        var status = (JsonObject)(budget["status"] ??= new JsonObject());
        var allowed = ObjectAccessor.Number(status, "disruptionsAllowed") ?? 0;
        if ((ObjectAccessor.Number(status, "observedGeneration") ?? 0) < new ObjectAccessor(budget).Generation)
        {
            throw ApiErrors.EvictionForbidden($"The disruption budget {budgetName} is still being processed by the server.", 10);
        }

        if (status["disruptedPods"] is JsonObject { Count: > MaxDisruptedPods })
        {
            throw ApiErrors.Forbidden("policy", "poddisruptionbudget", budgetName, "DisruptedPods map too big - too many evictions not confirmed by PDB controller");
        }

        if (allowed <= 0)
        {
            var healthy = ObjectAccessor.Number(status, "currentHealthy") ?? 0;
            var desired = ObjectAccessor.Number(status, "desiredHealthy") ?? 0;
            throw ApiErrors.EvictionForbidden($"The disruption budget {budgetName} needs {desired} healthy pods and has {healthy} currently", 0);
        }

        status["disruptionsAllowed"] = allowed - 1;
        status["disruptedPods"] ??= new JsonObject();
        status["disruptedPods"]![podName] = ObjectAccessor.FormatTime(time.GetUtcNow());
        if (allowed == 1)
        {
            SetCondition(status, "DisruptionAllowed", "False", new JsonObject
            {
                ["observedGeneration"] = ObjectAccessor.Number(status, "observedGeneration"),
                ["reason"] = "InsufficientPods",
                ["message"] = "",
            });
        }

        return budget;
    }

    /// <summary>Not the user's write, so it is not held to what the user may do.</summary>
    private Task<StoredResult> MarkAsync(ResourceStore store, string ns, string name, string uid, CancellationToken cancellationToken) => store.UpdateAsync(
        new WriteContext { User = UserInfo.ApiServer, Subresource = "status" },
        ns,
        name,
        pod =>
        {
            var found = new ObjectAccessor(pod).Uid;
            if (found != uid)
            {
                throw ApiErrors.Conflict(store.Definition, name, $"Precondition failed: UID in precondition: {uid}, UID in object meta: {found}");
            }

            SetCondition((JsonObject)(pod["status"] ??= new JsonObject()), "DisruptionTarget", "True", new JsonObject
            {
                ["lastProbeTime"] = null,
                ["reason"] = "EvictionByEvictionAPI",
                ["message"] = "Eviction API: evicting",
            });
            return ValueTask.FromResult(pod);
        },
        null,
        cancellationToken);

    private void SetCondition(JsonObject status, string type, string value, JsonObject rest)
    {
        if (status["conditions"] is not JsonArray conditions)
        {
            status["conditions"] = conditions = [];
        }

        var before = ConditionsOf(status).FirstOrDefault(condition => ObjectAccessor.Text(condition, "type") == type);
        var since = before is not null && ObjectAccessor.Text(before, "status") == value ? ObjectAccessor.Text(before, "lastTransitionTime") : ObjectAccessor.FormatTime(time.GetUtcNow());
        rest["type"] = type;
        rest["status"] = value;
        rest["lastTransitionTime"] = since;
        if (before is null)
        {
            conditions.Add((JsonNode)rest);
        }
        else
        {
            conditions[conditions.IndexOf(before)] = rest;
        }
    }

    private static IEnumerable<JsonObject> ConditionsOf(JsonNode? status) => (status?["conditions"] as JsonArray ?? []).OfType<JsonObject>();
}
